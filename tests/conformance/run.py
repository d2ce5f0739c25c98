"""`make conformance`: runs the tests that Dagster publishes of its public API on Headrace, and writes docs/conformance.md.

    python tests/conformance/run.py [FOLDER]...

With folders, only those are run, and the page stays as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from areas import is_run
from guides import run_guides
from published import PACKAGE, fetch
from report import page, table
from results import read_results

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DIRECTORY = ROOT / ".conformance"
SECONDS_PER_TEST = 60
SECONDS_PER_FOLDER = 1800


def main(folders: list[str]) -> None:
    """Runs the tests and tells the result."""
    tests = fetch(DIRECTORY)
    outcomes = DIRECTORY / "outcomes.jsonl"
    outcomes.unlink(missing_ok=True)
    for folder, modules in _modules(tests, folders).items():
        print(f"{folder}: {len(modules)} modules", flush=True)
        _run(tests.parent, modules, outcomes)
    results = read_results(outcomes)
    print(table(results))
    if not folders:
        (ROOT / "docs/conformance.md").write_text(page(results, run_guides()), encoding="utf-8")


def _modules(tests: Path, folders: list[str]) -> dict[str, list[Path]]:
    """The modules to run, by top folder: each runs in a process of its own."""
    found: dict[str, list[Path]] = {}
    for module in sorted(tests.rglob("test_*.py")):
        path = module.relative_to(tests).as_posix()
        if is_run(path) and (not folders or path.startswith(tuple(folders))):
            found.setdefault(path.split("/")[0], []).append(module)
    return found


def _run(root: Path, modules: list[Path], outcomes: Path) -> None:
    options = ["-q", "--no-header", "--tb=no", "-p", "plugin", "-p", "no:cacheprovider", "-c", os.devnull]
    # It starts a thread, and a process with threads does not fork the steps of its runs.
    options += ["-p", "no:rerunfailures"]
    options += [f"--rootdir={root}", f"--timeout={SECONDS_PER_TEST}", "--continue-on-collection-errors", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", *options, *(str(each.relative_to(root)) for each in modules)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HEADRACE_CONFORMANCE_OUTCOMES": str(outcomes),
    }
    try:
        subprocess.run(
            command, cwd=root, env=environment, check=False, timeout=SECONDS_PER_FOLDER, stdout=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        print(f"stopped after {SECONDS_PER_FOLDER} s: what had run until then counts", flush=True)


if __name__ == "__main__":
    main([each.removeprefix(f"{PACKAGE}/") for each in sys.argv[1:]])

"""The pytest plugin of a run: answers for Dagster, skips what uses its inside, and writes down what became of each test."""

from __future__ import annotations

import ast
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from areas import SUPERSEDED
from internals import ANSWERED, InternalUsedError, TestedFinder, Usage
from uses import Uses, read_uses

_MISSING = re.compile(r"(?:has no attribute|unexpected keyword argument|Headrace has no) '?(\w+)'?")
OUTCOMES = "HEADRACE_CONFORMANCE_OUTCOMES"


# At once: the tests' own conftest modules are imported before any hook is called.
TestedFinder.install()


@cache
def _uses(path: Path) -> Uses:
    return read_uses(path.read_text(encoding="utf-8"), ANSWERED)


def _internals_of(item: pytest.Item) -> frozenset[str]:
    name = getattr(item, "originalname", item.name)
    if getattr(item, "cls", None):
        name = f"{item.cls.__name__}::{name}"  # type: ignore[attr-defined]
    return _uses(item.path).internals.get(name, frozenset())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    judged = []
    for item in items:
        internals = _internals_of(item)
        if internals:
            _write(item.nodeid, "internal", sorted(internals))
        else:
            judged.append(item)
    items[:] = judged


def pytest_runtest_logstart() -> None:
    Usage.touched.clear()
    Usage.running = True


def pytest_runtest_logfinish() -> None:
    Usage.running = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" or report.outcome != "passed":
        error = call.excinfo.value if call.excinfo else None
        outcome = _judge(error) if report.outcome == "failed" else report.outcome
        _write(item.nodeid, outcome, sorted(Usage.touched) or [_reason(error)])
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.outcome != "failed" or not report.nodeid.endswith(".py"):
        return
    # The module itself does not load; each of its tests shares its fate.
    text = str(report.longrepr)
    last = text.strip().splitlines()[-1].removeprefix("E ").strip()
    outcome = _judge_text(last) if "InternalUsedError" not in text else "internal"
    for name in _test_names(report):
        _write(f"{report.nodeid}::{name}", outcome, [last])


def _is_foreign(text: str) -> bool:
    return "No module named" in text and "dagster" not in text


def _test_names(report: pytest.CollectReport) -> list[str]:
    path = Path(report.fspath)
    path = path if path.is_absolute() else Path.cwd() / path
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]


def _judge(error: BaseException | None) -> str:
    """What a failed test has failed of."""
    if Usage.touched or isinstance(error, InternalUsedError):
        return "internal"
    return _judge_text(str(error))


def _judge_text(text: str) -> str:
    """The same by the message: a helper in another module may reach for what the module of the test does not name."""
    if ", inside of Dagster>" in text:
        return "internal"
    missing = _MISSING.search(text)
    name = missing[1] if missing else ""
    if name.startswith("_") and not name.startswith("__"):
        return "internal"
    return "superseded" if name in SUPERSEDED else "skipped" if _is_foreign(text) else "failed"


def _reason(error: BaseException | None) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200] if error else ""


def _write(node: str, outcome: str, reasons: list[str]) -> None:
    with open(os.environ[OUTCOMES], "a", encoding="utf-8") as file:
        file.write(json.dumps({"test": node, "outcome": outcome, "reasons": reasons}) + "\n")

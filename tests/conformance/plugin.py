"""The pytest plugin of a run: answers for Dagster, skips what uses its inside, and writes down what became of each test."""

from __future__ import annotations

import ast
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from internals import HELPERS, InternalUsedError, TestedFinder, Usage
from uses import Uses, read_uses

from headrace.compat.dagster.groups import PUBLIC

OUTCOMES = "HEADRACE_CONFORMANCE_OUTCOMES"


def pytest_configure() -> None:
    TestedFinder.install()


@cache
def _uses(path: Path) -> Uses:
    return read_uses(path.read_text(encoding="utf-8"), PUBLIC | HELPERS)


def _internals_of(item: pytest.Item) -> frozenset[str]:
    name = getattr(item, "originalname", item.name)
    if getattr(item, "cls", None):
        name = f"{item.cls.__name__}::{name}"  # type: ignore[attr-defined]
    return _uses(item.path).internals.get(name, frozenset())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    internals = _internals_of(item)
    if internals:
        _write(item.nodeid, "internal", sorted(internals))
    return bool(internals) or None


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
        inside = Usage.touched or isinstance(error, InternalUsedError)
        outcome = "internal" if inside and report.outcome == "failed" else report.outcome
        _write(item.nodeid, outcome, sorted(Usage.touched) if inside else [_reason(error)])
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.outcome != "failed" or not report.nodeid.endswith(".py"):
        return
    # The module itself does not load; each of its tests shares its fate.
    text = str(report.longrepr)
    last = text.strip().splitlines()[-1].removeprefix("E ").strip()
    outcome = "internal" if "InternalUsedError" in text else "skipped" if _foreign(last) else "failed"
    for name in _test_names(report):
        _write(f"{report.nodeid}::{name}", outcome, [last])


def _foreign(line: str) -> bool:
    return "ModuleNotFoundError: No module named" in line and "dagster_tests" not in line


def _test_names(report: pytest.CollectReport) -> list[str]:
    path = Path(report.fspath)
    path = path if path.is_absolute() else Path.cwd() / path
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]


def _reason(error: BaseException | None) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200] if error else ""


def _write(node: str, outcome: str, reasons: list[str]) -> None:
    with open(os.environ[OUTCOMES], "a", encoding="utf-8") as file:
        file.write(json.dumps({"test": node, "outcome": outcome, "reasons": reasons}) + "\n")

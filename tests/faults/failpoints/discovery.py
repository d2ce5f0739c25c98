"""Every fault point that the code names, read from its syntax: none can be added without a case that covers it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

ROOTS = tuple(Path(__file__).parents[3] / root for root in ("services", "codeloc", "sdk"))


def points_in_code() -> frozenset[str]:
    """Returns the names of all points; one that is made for each intent of storage counts once for each."""
    calls = list(_calls())
    tables = _names(calls, _is_named("_prune"), {})
    intents = _names(calls, lambda call: _is_named("Intent")(call) or _is_named("once")(call), {"prune_": tables})
    per_intent = {"storage.before_commit.": intents, "storage.after_commit.": intents}
    return frozenset(_names(calls, _is_named("point"), per_intent))


def _calls() -> Iterator[ast.Call]:
    for root in ROOTS:
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    yield node


def _is_named(name: str) -> Callable[[ast.Call], bool]:
    def check(call: ast.Call) -> bool:
        function = call.func
        return (isinstance(function, ast.Name) and function.id == name) or (
            isinstance(function, ast.Attribute) and function.attr == name
        )

    return check


def _names(calls: list[ast.Call], wanted: Callable[[ast.Call], bool], completions: dict[str, set[str]]) -> set[str]:
    return {name for call in calls if wanted(call) for name in _texts(call.args[0], completions)}


def _texts(argument: ast.expr, completions: dict[str, set[str]]) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _texts(argument.body, completions)
        yield from _texts(argument.orelse, completions)
    elif isinstance(argument, ast.JoinedStr):
        prefix = argument.values[0]
        assert isinstance(prefix, ast.Constant), ast.unparse(argument)
        yield from (f"{prefix.value}{rest}" for rest in completions[prefix.value])

"""Reading a module of tests: which of them use what is inside of Dagster."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from areas import INTERNAL_ATTRIBUTES

_PACKAGES = ("dagster", "dagster_shared", "dagster_test", "dagster_pipes")


@dataclass(frozen=True)
class Uses:
    """What the tests of a module use.

    Attributes:
        internals: Test function, with its class before two colons → names from inside of Dagster.
    """

    internals: Mapping[str, frozenset[str]]


def read_uses(source: str, public: frozenset[str]) -> Uses:
    """Returns what each test of a module uses, itself and through what the module defines."""
    tree = ast.parse(source)
    imported = dict(_imported_internals(tree, public))
    mentions = {name: _mentions(node, public) for name, node in _definitions(tree)}
    return Uses({name: frozenset(_reached(name, mentions, imported)) for name in mentions if _is_test(name)})


def _imported_internals(tree: ast.Module, public: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Local name → what it is, for everything that is imported from inside of Dagster."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _PACKAGES:
            for each in node.names:
                if each.name not in public:
                    yield each.asname or each.name, f"{node.module}.{each.name}"
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.asname and each.name.split(".")[0] in _PACKAGES and each.name != "dagster":
                    yield each.asname, each.name


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield node.name, node
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}::{inner.name}", inner
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


def _mentions(node: ast.AST, public: frozenset[str]) -> frozenset[str]:
    """The names in a piece of code; private attributes of objects that are not `self` count as inside of Dagster."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    arguments = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    private = {
        f".{each.attr}"
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and _is_inside(each.attr) and not _of_itself(each.value)
    }
    inside = {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
        and ast.unparse(each.value).startswith("dagster._")
        and each.attr not in public
    }
    return frozenset(names | arguments | private | {f".{name}" for name in inside})


def _is_inside(name: str) -> bool:
    return (name.startswith("_") and not name.startswith("__")) or name in INTERNAL_ATTRIBUTES


def _of_itself(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _reached(name: str, mentions: Mapping[str, frozenset[str]], imported: Mapping[str, str]) -> Iterable[str]:
    """What a definition uses from inside of Dagster, through everything that it mentions."""
    found: set[str] = set()
    open_, seen = [name], {name}
    while open_:
        for each in mentions[open_.pop()]:
            if each.startswith("."):
                found.add(each)
            elif each in imported:
                found.add(imported[each])
            elif each in mentions and each not in seen:
                seen.add(each)
                open_.append(each)
    return found


def _is_test(name: str) -> bool:
    return name.rpartition("::")[2].startswith("test")

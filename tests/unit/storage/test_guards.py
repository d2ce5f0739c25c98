from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import headrace_services.storage

STORAGE = Path(headrace_services.storage.__file__).parent
SQL_LIVES_IN = STORAGE / "store"


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(STORAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text())


def test_only_the_guards_look_at_how_many_rows_a_statement_touched() -> None:
    offenders = [
        f"{path.relative_to(STORAGE)}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "rowcount" and path.name != "guards.py"
    ]
    assert offenders == []


def test_sql_lives_in_the_store_alone() -> None:
    def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)

    offenders = [
        f"{path.relative_to(STORAGE)}:{line} {name}"
        for path, tree in modules()
        if SQL_LIVES_IN not in path.parents
        for line, name in imports(tree)
        # A connection is handed through; whoever holds one asks the store what to do with it.
        if name.startswith(("sqlalchemy", "psycopg", "sqlite3", "alembic")) and name != "sqlalchemy.Connection"
    ]
    assert offenders == []


def test_the_store_knows_no_messages() -> None:
    offenders = [
        f"{path.relative_to(STORAGE)}:{node.lineno}"
        for path, tree in modules()
        if SQL_LIVES_IN in path.parents
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and ("_pb2" in node.module or "protobuf" in node.module)
    ]
    assert offenders == []

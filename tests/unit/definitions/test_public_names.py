"""What `import headrace` offers, and that it brings nothing heavy."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import headrace
from headrace._names import MODULE_OF, MODULES

HEAVY = [
    "sqlalchemy",
    "psycopg",
    "prometheus_client",
    "grpc",
    "google.protobuf",
    "pydantic",
    "croniter",
    "rich",
    "yaml",
]


def names_for_type_checkers() -> dict[str, str]:
    """Names and modules of the imports that stand under `if TYPE_CHECKING`."""
    tree = ast.parse(Path(str(headrace.__file__)).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in guarded.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: str(node.module) for node in imports for alias in node.names}


def in_fresh_interpreter(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_the_list_the_table_and_the_imports_for_type_checkers_agree() -> None:
    assert headrace.__all__ == sorted(MODULE_OF)
    assert names_for_type_checkers() == MODULE_OF
    assert list(MODULES) == sorted(MODULES)


def test_every_name_is_there() -> None:
    missing = [name for name in headrace.__all__ if not hasattr(headrace, name)]
    assert missing == []


def test_unknown_names_are_refused_as_python_does() -> None:
    assert not hasattr(headrace, "no_such_name")
    assert "asset" in dir(headrace)


def test_importing_loads_nothing_heavy() -> None:
    loaded = json.loads(
        in_fresh_interpreter(
            "import json, sys, headrace as dg; dg.asset, dg.op, dg.job, dg.Definitions, dg.sensor;"
            f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
        )
    )
    assert loaded == []


def test_the_version_is_that_of_the_installation() -> None:
    assert headrace.__version__ == metadata.version("headrace")

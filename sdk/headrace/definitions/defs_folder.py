"""Loading a project whose definitions are in the modules of one folder."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from headrace.definitions.definitions import Definitions
from headrace.definitions.lazy import LazyDefinitions
from headrace.definitions.loading import load_definitions_from_module
from headrace.errors import InvalidDefinitionError, InvalidInvocationError

_ENTRY = "definitions"
_YAML = ("defs.yaml", "component.yaml")
# File → where in it the project is described.
_PROJECT_FILES: Mapping[str, tuple[str, ...]] = {"dg.toml": ("project",), "pyproject.toml": ("tool", "dg", "project")}


def load_from_defs_folder(*, path_within_project: Path | None = None, project_root: Path | None = None) -> Definitions:
    """Returns everything that a project's folder of definitions holds, merged.

    The project is described in `dg.toml` under `[project]`, or in `pyproject.toml` under `[tool.dg.project]`: `root_module` is its
    package, `defs_module` the package with the definitions, by default `defs` in the root module. A module gives its
    `Definitions` or `@lazy_definitions` function, or else what it holds at its top level. A folder that has a `definitions.py`
    gives what is in that file, and nothing else.

    Args:
        path_within_project: Any path in the project, such as `Path(__file__)`.
        project_root: The folder of the project.

    Raises:
        InvalidInvocationError: neither path is given, or there is no project.
        InvalidDefinitionError: there is YAML in the folder.
    """
    start = path_within_project or project_root
    if start is None:
        raise InvalidInvocationError("load_from_defs_folder needs path_within_project or project_root.")
    return load_defs(importlib.import_module(_defs_module(Path(start).resolve())))


def load_defs(defs_root: ModuleType, project_root: Path | None = None) -> Definitions:
    """Returns everything that a package of definitions holds, merged; see `load_from_defs_folder`.

    Args:
        defs_root: The package.
        project_root: Accepted for older code; not used.
    """
    return Definitions.merge(*(_of_module(module) for module in _modules_below(defs_root)))


def _defs_module(path: Path) -> str:
    for folder in (path, *path.parents):
        for name, place in _PROJECT_FILES.items():
            project = _table(folder / name, place) if (folder / name).is_file() else None
            if project is not None:
                root = project.get("root_module") or folder.name.replace("-", "_")
                return str(project.get("defs_module") or f"{root}.defs")
    names = " or ".join(f"{name} with [{'.'.join(place)}]" for name, place in _PROJECT_FILES.items())
    raise InvalidInvocationError(f"No project is at {path} or above it: there is no {names}.")


def _table(file: Path, place: tuple[str, ...]) -> Mapping[str, Any] | None:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]
    table: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    for key in place:
        table = table.get(key)
        if not isinstance(table, dict):
            return None
    return table  # type: ignore[no-any-return]


def _modules_below(package: ModuleType) -> Iterator[ModuleType]:
    for folder in package.__path__:
        for module in _module_names(Path(folder), package.__name__):
            yield importlib.import_module(module)


def _module_names(folder: Path, package: str) -> Iterator[str]:
    for name in _YAML:
        if (folder / name).exists():
            raise InvalidDefinitionError(
                f"{folder / name} describes a component, and Headrace has no components: write what it defines in Python."
            )
    if (folder / f"{_ENTRY}.py").exists():
        yield f"{package}.{_ENTRY}"
        return
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py":
            yield package if path.stem == "__init__" else f"{package}.{path.stem}"
        elif path.is_dir() and path.name.isidentifier() and path.name != "__pycache__":
            yield from _module_names(path, f"{package}.{path.name}")


def _of_module(module: ModuleType) -> Definitions:
    values = {id(value): value for value in vars(module).values() if isinstance(value, Definitions | LazyDefinitions)}
    if not values:
        return load_definitions_from_module(module)
    return Definitions.merge(*(value() if isinstance(value, LazyDefinitions) else value for value in values.values()))

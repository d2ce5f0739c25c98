"""The code location of a project that is described under `[tool.dg.project]`, as its scaffolding writes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SOURCES = "src"
_ENTRY = "definitions"


def project_entries(project: Mapping[str, Any], directory: Path) -> list[dict[str, Any]]:
    """Returns what such a table says in the words of `load_from`: the module `definitions` of the project's package.

    Args:
        project: The table.
        directory: Where the file is.
    """
    root = project.get("root_module")
    if not root:
        return []
    module = project.get("code_location_target_module") or f"{root}.{_ENTRY}"
    # Installed or not: the package is found where projects keep it.
    has_sources = (directory / _SOURCES / str(root).partition(".")[0]).is_dir()
    entry = {
        "module_name": module,
        "location_name": project.get("code_location_name") or directory.name,
        "working_directory": _SOURCES if has_sources else ".",
    }
    return [{"python_module": entry}]

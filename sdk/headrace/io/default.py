"""The I/O manager of whoever names none."""

from __future__ import annotations

import importlib
import os

from headrace.definitions.resources.coercion import as_resource_definition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidDefinitionError
from headrace.io.filesystem import fs_io_manager

_PREFIXES = ("HEADRACE_", "DAGSTER_")


def default_io_manager() -> ResourceDefinition:
    """What `HEADRACE_DEFAULT_IO_MANAGER_MODULE` and `HEADRACE_DEFAULT_IO_MANAGER_ATTRIBUTE` name; else files."""
    module, attribute = _setting("MODULE"), _setting("ATTRIBUTE")
    if module is None and attribute is None:
        return fs_io_manager
    if module is None or attribute is None:
        raise InvalidDefinitionError(
            "The default I/O manager is named by two variables: HEADRACE_DEFAULT_IO_MANAGER_MODULE and "
            "HEADRACE_DEFAULT_IO_MANAGER_ATTRIBUTE; only one of them is set."
        )
    try:
        return as_resource_definition(getattr(importlib.import_module(module), attribute))
    except (ImportError, AttributeError) as error:
        raise InvalidDefinitionError(
            f"There is no {attribute!r} in module {module!r}, which the environment names as the default I/O manager: {error}."
        ) from error


def _setting(name: str) -> str | None:
    found = (os.environ.get(f"{prefix}DEFAULT_IO_MANAGER_{name}") for prefix in _PREFIXES)
    return next((value for value in found if value), None)

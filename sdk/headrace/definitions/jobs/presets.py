"""Presets: configurations of a job that have names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.run_config import RunConfig, to_run_config
from headrace.errors import InvalidDefinitionError


def checked_presets(
    presets: Mapping[str, Mapping[str, Any] | RunConfig] | None, what: str
) -> dict[str, Mapping[str, Any]]:
    """Returns presets as plain run config by name; whether it fits the job is checked where it is used."""
    checked: dict[str, Mapping[str, Any]] = {}
    for name, config in (presets or {}).items():
        if not name or not isinstance(name, str):
            raise InvalidDefinitionError(
                f"{what} has a preset named {name!r}; a preset's name is a text that is not empty"
            )
        if not isinstance(config, (Mapping, RunConfig)):
            raise InvalidDefinitionError(
                f"preset {name!r} of {what} is {type(config).__name__}; it should be run config: a dict or a RunConfig"
            )
        checked[name] = to_run_config(config)
    return checked

"""Run config as Python objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.env_var import to_source
from headrace.config.structured import StructuredConfig
from headrace.errors import InvalidConfigError


class RunConfig:
    """What a run is configured with, with `Config` objects where they are handier than dicts.

    Args:
        ops: Config by op or asset.
        resources: Config by resource.
        loggers: Config by logger.
        execution: Config of the executor.
    """

    def __init__(
        self,
        ops: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        loggers: Mapping[str, Any] | None = None,
        execution: Mapping[str, Any] | None = None,
    ) -> None:
        self.ops = dict(ops or {})
        self.resources = dict(resources or {})
        self.loggers = dict(loggers or {})
        self.execution = dict(execution or {})

    def to_config_dict(self) -> dict[str, Any]:
        """The same as a plain dict, empty sections left out."""
        sections = {
            "ops": {name: _section(value) for name, value in self.ops.items()},
            "resources": {name: _section(value) for name, value in self.resources.items()},
            "loggers": {name: _section(value) for name, value in self.loggers.items()},
            "execution": to_plain(self.execution),
        }
        return {name: section for name, section in sections.items() if section}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunConfig) and self.to_config_dict() == other.to_config_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RunConfig({self.to_config_dict()!r})"


def _section(value: Any) -> Any:
    """A `Config` object stands for the config of its section; a dict is the section itself, and may hold inner ones."""
    if _is_object(value):
        return {"config": to_plain(value)}
    if isinstance(value, Mapping) and isinstance(value.get("ops"), Mapping):
        return {**to_plain(value), "ops": {name: _section(inner) for name, inner in value["ops"].items()}}
    return to_plain(value)


def _is_object(value: Any) -> bool:
    return isinstance(value, StructuredConfig) or hasattr(value, "to_config_value")


def to_plain(value: Any) -> Any:
    """Config with every `Config` object, enum and `EnvVar` in it made plain."""
    if hasattr(value, "to_config_value"):
        return to_plain(value.to_config_value())
    if isinstance(value, Mapping):
        return {key: to_plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(each) for each in value]
    return to_source(value)


def to_run_config(value: Mapping[str, Any] | RunConfig | None) -> dict[str, Any]:
    """Run config as a plain dict."""
    if value is None:
        return {}
    if isinstance(value, RunConfig):
        return value.to_config_dict()
    if not isinstance(value, Mapping):
        raise InvalidConfigError(f"Run config is a dict or a RunConfig, not {type(value).__name__}.")
    return {name: to_plain(section) for name, section in value.items()}

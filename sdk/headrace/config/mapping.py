"""Config mappings: config of the nodes of a graph made from config of a simpler schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, overload

from headrace.config.binding import OPTIONAL_ANY, OwnConfig, check_config, configure, structured
from headrace.config.fields import Field, to_field
from headrace.config.issues import Path, Report
from headrace.config.issues import at as config_place
from headrace.errors import ConfigMappingError, HeadraceError, InvalidConfigError


class ConfigMapping:
    """Makes the config of the nodes of a graph.

    Args:
        config_fn: Takes config that fits the schema; returns a dict of config by node name, or a `RunConfig` for a job.
        config_schema: What the function takes.
        receive_processed_config_values: Whether the function sees values from the environment or only their names.
    """

    def __init__(
        self,
        config_fn: Callable[[Any], Any],
        config_schema: Any = None,
        receive_processed_config_values: bool | None = None,
    ) -> None:
        self.config_fn, config_schema = structured(config_fn, config_schema)
        self.config_schema: Field = OPTIONAL_ANY if config_schema is None else to_field(config_schema)
        self.receive_processed_config_values = receive_processed_config_values is not False

    def apply(self, config: Any, path: Path = ()) -> Mapping[str, Any]:
        """Checks config and maps it; raises an error that names every issue."""
        message = "Config for a config mapping is invalid:"
        checked = check_config(self.config_schema, config, message, path)
        if self.receive_processed_config_values:
            report = Report()
            checked = self.config_schema.config_type.resolve(checked, path, report)
            if report.issues:
                raise InvalidConfigError(message, issues=tuple(report.issues))
        try:
            mapped = self.config_fn(checked)
        except HeadraceError:
            raise
        except Exception as error:
            raise ConfigMappingError(
                f"The config mapping {config_place(path)} raised {error!r}.", user_exception=error
            ) from error
        if not isinstance(mapped, Mapping) and not hasattr(mapped, "to_config_dict"):
            raise InvalidConfigError(
                f"The config mapping {config_place(path)} has a configuration error. It returned {mapped!r}; it must return a dict "
                "or a RunConfig."
            )
        return mapped.to_config_dict() if hasattr(mapped, "to_config_dict") else dict(mapped)

    def configured(self, config_or_config_fn: Any, config_schema: Any, what: str) -> ConfigMapping:
        """This mapping with its config fixed, or made by a function from config of another schema."""
        binding = configure(OwnConfig(self.config_schema), config_or_config_fn, config_schema, what)

        def config_fn(config: Any) -> Any:
            report = Report()
            return self.apply(binding.finalize(config, (), report))

        return ConfigMapping(config_fn, binding.field)


@overload
def config_mapping(config_fn: Callable[[Any], Any]) -> ConfigMapping: ...


@overload
def config_mapping(
    *, config_schema: Any = ..., receive_processed_config_values: bool | None = ...
) -> Callable[[Callable[[Any], Any]], ConfigMapping]: ...


def config_mapping(
    config_fn: Callable[[Any], Any] | None = None,
    *,
    config_schema: Any = None,
    receive_processed_config_values: bool | None = None,
) -> ConfigMapping | Callable[[Callable[[Any], Any]], ConfigMapping]:
    """Makes a config mapping of a function.

    Args:
        config_fn: The function, when the decorator is used without arguments.
        config_schema: What the function takes.
        receive_processed_config_values: Whether the function sees values from the environment or only their names.
    """

    def make(function: Callable[[Any], Any]) -> ConfigMapping:
        return ConfigMapping(function, config_schema, receive_processed_config_values)

    return make if config_fn is None else make(config_fn)

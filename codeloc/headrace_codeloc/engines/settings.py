"""How the configuration of an engine is written, checked and put together."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import Layer, Workload

Settings = TypeVar("Settings", bound="EngineSettings")


class EngineSettings(BaseModel):
    """What an engine must know beside its workloads; its fields are the keys that users write.

    `{env: NAME}` anywhere in it stands for the value of a variable of the process that reads it.

    Attributes:
        IMAGE: The field that names the image; empty where there is none.
        LAUNCHER_ONLY: Fields that only the launcher's or executor's own config may have, not a location or a tag.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    IMAGE: ClassVar[str] = "image"
    LAUNCHER_ONLY: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def of(
        cls: type[Settings], config: Mapping[str, Any], where: str, environ: Mapping[str, str] | None = None
    ) -> Settings:
        """Reads settings.

        Args:
            config: The keys and values; a key without a value is as good as none.
            where: The place, for messages.
            environ: The variables; those of the process by default.

        Raises:
            InvalidConfigError: something is wrong; the message names each place.
        """
        try:
            said = {key: value for key, value in config.items() if value is not None}
            return cls.model_validate(resolved(said, os.environ if environ is None else environ, where))
        except ValidationError as error:
            raise InvalidConfigError("; ".join(_problems(cls, error, where))) from None

    @classmethod
    def layer_of_tags(cls, tags: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns what the tags of a job, run or step say of the engine; nothing by default.

        Raises:
            InvalidConfigError: a tag of the engine cannot be read.
        """
        return {}

    @classmethod
    def layer_of_executor(cls, config: Mapping[str, Any], step_key: str) -> Mapping[str, Any]:
        """Returns what an executor's config says of the worker of a step; all of it by default.

        Raises:
            InvalidConfigError: it cannot be read.
        """
        return config

    def for_workload(self: Settings, workload: Workload) -> Settings:
        """Returns these settings with what the workload's layers say.

        Raises:
            InvalidConfigError: a layer is wrong; the message names the place.
        """
        settings = self
        if workload.image and self.IMAGE:
            settings = settings.overlaid(Layer("the image of the code location", {self.IMAGE: workload.image}))
        for layer in workload.layers:
            settings = settings.overlaid(layer)
        return settings

    def overlaid(self: Settings, layer: Layer) -> Settings:
        """Returns these settings with the last word given to a layer.

        Raises:
            InvalidConfigError: the layer is wrong; the message names the place.
        """
        if not layer.values:
            return self
        refused = sorted(self.LAUNCHER_ONLY.intersection(layer.values))
        if refused:
            raise InvalidConfigError(f"{layer.where}.{refused[0]}: only the launcher or executor itself can say this")
        over = type(self).of(layer.values, layer.where)
        return self.merged(over)

    def merged(self: Settings, over: Settings) -> Settings:
        """Returns both together: single values are replaced, mappings merged by key, lists put one after the other.

        An engine whose users know another rule overrides this.
        """
        values = dict(self)
        for name in over.model_fields_set:
            values[name] = merge(values[name], getattr(over, name))
        return self.model_copy(update=values | {})


def merge(under: Any, over: Any) -> Any:
    """Returns two values together, the second one having the last word."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return {**under, **{key: merge(under[key], value) if key in under else value for key, value in over.items()}}
    if isinstance(under, (list, tuple)) and isinstance(over, (list, tuple)):
        return type(under)([*under, *(each for each in over if each not in under)])
    return under if over is None else over


def resolved(value: Any, environ: Mapping[str, str], where: str) -> Any:
    """Returns a value with `{env: NAME}` replaced.

    Raises:
        InvalidConfigError: a variable is not set.
    """
    if isinstance(value, Mapping):
        if set(value) == {"env"} and isinstance(value["env"], str):
            if value["env"] not in environ:
                raise InvalidConfigError(f"{where}: the environment variable {value['env']} is not set")
            return environ[value["env"]]
        return {str(key): resolved(each, environ, f"{where}.{key}") for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [resolved(each, environ, f"{where}[{index}]") for index, each in enumerate(value)]
    return value


def _problems(settings: type[BaseModel], error: ValidationError, where: str) -> list[str]:
    # Not shown: what stands there may be a password.
    found = []
    for each in error.errors(include_input=False, include_url=False, include_context=False):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"])
        if each["type"] == "extra_forbidden":
            message = _unknown(str(each["loc"][-1]), settings if len(each["loc"]) == 1 else None)
        else:
            message = each["msg"][:1].lower() + each["msg"][1:]
        found.append(f"{where}{place}: {message}")
    return found


def _unknown(key: str, settings: type[BaseModel] | None) -> str:
    if settings is None:
        return "unknown key"
    close = difflib.get_close_matches(key, list(settings.model_fields), n=1)
    return (
        f"unknown key; did you mean {close[0]}?"
        if close
        else (f"unknown key; known here: {', '.join(sorted(settings.model_fields))}")
    )

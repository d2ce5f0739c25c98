"""Making the objects that an instance file names by their class."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any, TypeVar

from headrace.errors import InvalidConfigError
from headrace_services.kit.config.components import Custom

T = TypeVar("T")


def load_custom(custom: Custom, base: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Imports a class that the instance file names, and makes its object.

    Raises:
        InvalidConfigError: it cannot be imported, is no subclass of `base`, or does not take its config.
    """
    made = _class(custom, base)
    config = _resolved(custom.config, os.environ if environ is None else environ, custom.key)
    try:
        return made(**config)
    except Exception as error:
        # Not the message alone: it may quote the config, which may hold secrets.
        raise InvalidConfigError(
            f"{custom.key}: {custom.named} could not be made of its config: {type(error).__name__}; "
            f"given were {', '.join(sorted(config)) or 'no keys'}"
        ) from error


def _class(custom: Custom, base: type[T]) -> type[T]:
    try:
        module = importlib.import_module(custom.module)
    except Exception as error:
        raise InvalidConfigError(f"{custom.key}: {custom.module} cannot be imported here: {error}") from error
    found = getattr(module, custom.class_name, None)
    if not isinstance(found, type) or not issubclass(found, base):
        what = "is not there" if found is None else f"is no subclass of {base.__module__}.{base.__name__}"
        raise InvalidConfigError(f"{custom.key}: {custom.named} {what}")
    return found


def _resolved(value: Any, environ: Mapping[str, str], key: str) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"env"}:
            name = str(value["env"])
            if name not in environ:
                raise InvalidConfigError(f"{key}: the environment variable {name} is not set")
            return environ[name]
        return {str(name): _resolved(each, environ, key) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, environ, key) for each in value]
    return value

"""Making objects of classes that a deployment wrote, by the names that its files give."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any, TypeVar

from headrace.errors import InvalidConfigError

T = TypeVar("T")


def make_custom(
    key: str,
    module: str,
    class_name: str,
    config: Mapping[str, Any],
    base: type[T],
    environ: Mapping[str, str] | None = None,
) -> T:
    """Imports a class and makes its object, with `config` as keyword arguments.

    Args:
        key: Where the class is named, for messages.
        module: The module that has it.
        class_name: Its name.
        config: What it is made of; `{env: NAME}` stands for the value of a variable.
        base: What it must be a subclass of.
        environ: The variables; those of the process by default.

    Raises:
        InvalidConfigError: it cannot be imported, is no subclass of `base`, or does not take its config.
    """
    made = _class(key, module, class_name, base)
    resolved = _resolved(config, os.environ if environ is None else environ, key)
    try:
        return made(**resolved)
    except Exception as error:
        # Not the message alone: it may quote the config, which may hold secrets.
        raise InvalidConfigError(
            f"{key}: {module}.{class_name} could not be made of its config: {type(error).__name__}; "
            f"given were {', '.join(sorted(resolved)) or 'no keys'}"
        ) from error


def _class(key: str, module: str, class_name: str, base: type[T]) -> type[T]:
    try:
        imported = importlib.import_module(module)
    except Exception as error:
        raise InvalidConfigError(f"{key}: {module} cannot be imported here: {error}") from error
    found = getattr(imported, class_name, None)
    if not isinstance(found, type) or not issubclass(found, base):
        what = "is not there" if found is None else f"is no subclass of {base.__module__}.{base.__name__}"
        raise InvalidConfigError(f"{key}: {module}.{class_name} {what}")
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

"""Making the objects that an instance file names by their class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from headrace.settings.custom import make_custom
from headrace_services.kit.config.components import Custom

T = TypeVar("T")


def load_custom(custom: Custom, base: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Returns the object of a class that the instance file names.

    Raises:
        InvalidConfigError: it cannot be imported, is no subclass of `base`, or does not take its config.
    """
    return make_custom(custom.key, custom.module, custom.class_name, custom.config, base, environ)

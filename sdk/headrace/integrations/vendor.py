"""Libraries of other makers, which an extra installs."""

from __future__ import annotations

import importlib
from typing import Any

from headrace.errors import MissingExtraError


def preload(*modules: str) -> None:
    """Imports what will be needed, if it is installed: where workers are forked, once for all of them.

    Args:
        *modules: The modules; importing them must start no thread, or workers can be forked no more.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            return  # whoever uses it is told


def vendor(module: str, extra: str) -> Any:
    """Imports a module that an extra installs.

    Args:
        module: Its name.
        extra: What installs it: `headrace[<extra>]`.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{module.partition('.')[0]} cannot be imported here ({error}): install headrace[{extra}]."
        ) from error

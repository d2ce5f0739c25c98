"""Libraries of other makers, which an extra installs."""

from __future__ import annotations

import importlib
from typing import Any

from headrace.errors import MissingExtraError


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

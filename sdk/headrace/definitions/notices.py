"""Warnings that point at the user's own line, however deep inside of Headrace they come from."""

from __future__ import annotations

import warnings

from headrace.definitions.source import calling_source


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warns of something in the innermost code that is not Headrace's own."""
    place = calling_source()
    warnings.warn_explicit(message, category, place.file, place.line)


def deprecated(message: str) -> None:
    """Warns of what older code may still do, and what to do instead."""
    warn_user(message, DeprecationWarning)

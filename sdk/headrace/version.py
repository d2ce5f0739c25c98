"""Which version of Headrace runs here."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Returns the installed version; `0` where Headrace runs from a folder that was never installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("headrace")
    except PackageNotFoundError:
        return "0"

"""Which version of Headrace this is. The package takes its own from here."""

from __future__ import annotations

# Written down: asking what is installed would import a reader of mail headers, which every worker's start would wait for.
VERSION = "0.1.0"


def version() -> str:
    """Returns the version."""
    return VERSION

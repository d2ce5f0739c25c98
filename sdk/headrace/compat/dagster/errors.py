"""What code is told that asks for a name of Dagster's that is not here."""

from __future__ import annotations


class NameNotAvailableError(AttributeError):
    """`dagster.X`: the message says why there is no X, and what to use instead."""


class NameNotImportableError(ImportError):
    """`from dagster import X`: the same message. Python swallows attribute errors there, so it is an import error."""


class CompanionNotAvailableError(ImportError):
    """`import dagster_x`: a companion library, and what Headrace has for the same purpose."""


class RealDagsterImportedError(ImportError):
    """Dagster itself was imported before: both cannot be `dagster` in one process."""

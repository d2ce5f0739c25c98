"""Making `import dagster` mean Headrace, in this process and in those that it starts."""

from __future__ import annotations

import os
import sys

from headrace.compat.dagster.companion_finder import CompanionFinder
from headrace.compat.dagster.errors import RealDagsterImportedError
from headrace.compat.dagster.finder import AnswerModule, DagsterFinder

ENVIRONMENT_VARIABLE = "HEADRACE_DAGSTER_COMPAT"
"""Tells the interpreters that this one starts that they need the hook too."""


def install() -> None:
    """Installs the hook; a second call does nothing.

    Raises:
        RealDagsterImportedError: Dagster itself has been imported in this process.
    """
    real = sys.modules.get("dagster")
    if real is not None and not isinstance(real, AnswerModule):
        raise RealDagsterImportedError(
            f"Dagster itself is imported already, from {getattr(real, '__file__', 'somewhere')}: Headrace cannot answer "
            "for it in the same process. Install the hook before any code imports dagster, or in an environment without it."
        )
    os.environ[ENVIRONMENT_VARIABLE] = "1"
    if not any(isinstance(finder, DagsterFinder) for finder in sys.meta_path):
        sys.meta_path[:0] = [DagsterFinder(), CompanionFinder()]


def install_if_inherited() -> None:
    """Installs the hook if the process that started this one had it."""
    if os.environ.get(ENVIRONMENT_VARIABLE) == "1":
        install()

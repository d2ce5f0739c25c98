"""Making `import dagster` mean Headrace, in this process and in those that it starts."""

from __future__ import annotations

import sys

from headrace.compat.dagster.companion_finder import CompanionFinder
from headrace.compat.dagster.error_names import tell_errors_by_their_names
from headrace.compat.dagster.errors import RealDagsterImportedError
from headrace.compat.dagster.finder import AnswerModule, DagsterFinder
from headrace.compat.environment import pass_on


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
    pass_on()
    tell_errors_by_their_names()
    if not any(isinstance(finder, DagsterFinder) for finder in sys.meta_path):
        sys.meta_path[:0] = [DagsterFinder(), CompanionFinder()]

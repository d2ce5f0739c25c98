"""The import finder for Dagster's companion libraries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from headrace.compat.dagster.companions import COMPANIONS
from headrace.compat.dagster.errors import CompanionNotAvailableError

_NEEDS_DAGSTER = re.compile(r"dagster(?![-_\w])", re.IGNORECASE)


class CompanionFinder(MetaPathFinder):
    """Finds nothing: it tells what there is instead of a companion library.

    A module of such a name that works without Dagster is left alone: another library, or the user's own.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns None, so that the next finder is asked.

        Raises:
            CompanionNotAvailableError: the module is a companion library, and needs Dagster itself.
        """
        if fullname in COMPANIONS and not _works_without_dagster(fullname):
            raise CompanionNotAvailableError(
                f"{fullname} belongs to Dagster and does not work without it. Instead: {COMPANIONS[fullname]}.",
                name=fullname,
            )
        return None


def _works_without_dagster(module: str) -> bool:
    if PathFinder.find_spec(module) is None:
        return False
    from importlib import metadata  # costs as much as all the rest of the hook, and is needed by hardly anybody

    distributions = metadata.packages_distributions().get(module, ())
    return not any(_NEEDS_DAGSTER.match(needed) for each in distributions for needed in metadata.requires(each) or ())

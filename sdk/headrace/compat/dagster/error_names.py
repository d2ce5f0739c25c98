"""The classes of errors in events, by the names that Dagster has for them."""

from __future__ import annotations

from headrace.compat.dagster.groups import RENAMED
from headrace.definitions.spellings import CLASS_NAMES

# Two of Dagster's names mean the same here; this one is what failed steps have.
_TOLD = {"TypeCheckError": "DagsterTypeCheckDidNotPass"}


def tell_errors_by_their_names() -> None:
    """Has `error.cls_name` of events say `DagsterInvariantViolationError` where code of Dagster's users looks at it."""
    for theirs, ours in RENAMED.items():
        if theirs.startswith("Dagster") and theirs.endswith("Error"):
            CLASS_NAMES.setdefault(ours.rpartition(".")[2], theirs)
    CLASS_NAMES.update(_TOLD)

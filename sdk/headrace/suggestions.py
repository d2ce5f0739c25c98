"""What somebody may have meant who wrote a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 10


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Returns the end of a sentence that says `name` is unknown: the names that are close, or all of a few."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return "; did you mean " + " or ".join(repr(each) for each in close) + "?"
    if not names:
        return "; there are none"
    shown = ", ".join(repr(each) for each in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"; there are {shown}{more}" if len(names) > 1 else f"; there is only {shown}"

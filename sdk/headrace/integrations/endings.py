"""How what runs in an engine ends, in sentences that are the same for every engine."""

from __future__ import annotations

from signal import Signals
from typing import Any, Literal

EndKind = Literal["normal", "code", "signal", "oom", "evicted", "lost", "not_started"]
"""How something ended: with exit code 0, another one, by a signal, by lack of memory, because the engine wanted its place,
because it is not there any more, or before it began."""

_SIGNALLED = 128
_MOST_WRITTEN = 2_000


def plain(said: Any) -> str:
    """Returns what an engine says as one line without a full stop, to be put after other words."""
    return " ".join(str(said or "").split()).rstrip(".")


def by_exit_code(what: str, code: int, said: str = "") -> tuple[EndKind, str]:
    """Returns how something ended that nobody else has ended.

    Args:
        what: What it was: `its pod`.
        code: Its exit code; negative, or above 128, for a signal.
        said: What else the engine says of it.
    """
    because = f": {said}" if said else ""
    if code == 0:
        return "normal", f"{what} ended without finishing"
    if name := _signal(-code if code < 0 else code - _SIGNALLED):
        return "signal", f"{what} was ended by {name}{because}"
    return "code", f"{what} ended with code {code}{because}"


def and_wrote(how: str, written: str) -> str:
    """Returns how something ended, and the last that it wrote."""
    text = written[-_MOST_WRITTEN:].strip()
    return f"{how}; it wrote: {text}" if text else how


def _signal(number: int) -> str:
    try:
        return Signals(number).name
    except ValueError:
        return ""

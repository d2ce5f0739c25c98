"""How a process ended that a Celery worker started, and how that gets to who watches."""

from __future__ import annotations

from collections.abc import Mapping
from signal import Signals
from typing import Any

from headrace_codeloc.engines.base import EndKind, Labels, WorkloadEnd

_LOG_CHARACTERS = 2_000


def end_of(name: str, labels: Labels, code: int, written: str) -> WorkloadEnd:
    """Returns the end of a process by its exit code, negative for a signal, with the last that it wrote."""
    kind, how = _how(code)
    text = written[-_LOG_CHARACTERS:].strip()
    return WorkloadEnd(name, labels, kind, f"{how}; it wrote: {text}" if text and kind != "normal" else how)


def not_started(name: str, labels: Labels, why: str) -> WorkloadEnd:
    """Returns the end of a process that did not begin."""
    return WorkloadEnd(name, labels, "not_started", f"the Celery worker did not start its process: {why}")


def to_message(end: WorkloadEnd) -> dict[str, Any]:
    """Returns an end as it goes over the broker."""
    return {"name": end.name, "labels": dict(end.labels), "kind": end.kind, "detail": end.detail}


def from_message(message: Mapping[str, Any]) -> WorkloadEnd:
    """Returns the end that came over the broker."""
    return WorkloadEnd(message["name"], message["labels"], message["kind"], message["detail"])


def _how(code: int) -> tuple[EndKind, str]:
    if code == 0:
        return "normal", "its process ended without finishing"
    if code > 0:
        return "code", f"its process ended with code {code}"
    try:
        name = Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return (
        "signal",
        f"its process was ended by {name}{' (the machine may have been out of memory)' if code == -9 else ''}",
    )

"""How a process ended that a Celery worker started, and how that gets to who watches."""

from __future__ import annotations

from collections.abc import Mapping
from signal import SIGKILL
from typing import Any

from headrace.integrations.endings import and_wrote, by_exit_code
from headrace_codeloc.engines.base import Labels, WorkloadEnd


def end_of(name: str, labels: Labels, code: int, written: str) -> WorkloadEnd:
    """Returns the end of a process by its exit code, negative for a signal, with the last that it wrote."""
    said = "the machine may have been out of memory" if code == -SIGKILL else ""
    kind, how = by_exit_code("its process", code, said)
    return WorkloadEnd(name, labels, kind, how if kind == "normal" else and_wrote(how, written))


def not_started(name: str, labels: Labels, why: str) -> WorkloadEnd:
    """Returns the end of a process that did not begin."""
    return WorkloadEnd(name, labels, "not_started", f"the Celery worker did not start its process: {why}")


def to_message(end: WorkloadEnd) -> dict[str, Any]:
    """Returns an end as it goes over the broker."""
    return {"name": end.name, "labels": dict(end.labels), "kind": end.kind, "detail": end.detail}


def from_message(message: Mapping[str, Any]) -> WorkloadEnd:
    """Returns the end that came over the broker."""
    return WorkloadEnd(message["name"], message["labels"], message["kind"], message["detail"])

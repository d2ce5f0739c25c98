"""How a container ended, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.integrations.endings import EndKind, and_wrote, by_exit_code
from headrace_codeloc.engines.base import WorkloadEnd

LOG_LINES = 20


def end_of(container: Mapping[str, Any], written: bytes, *, remembered: bool) -> WorkloadEnd:
    """Returns the end of a container as `inspect` describes it, with the last that it wrote."""
    state, config = container["State"], container["Config"]
    kind, how = _how(state)
    detail = how if kind == "normal" else and_wrote(how, written.decode(errors="replace"))
    return WorkloadEnd(container["Name"].lstrip("/"), config["Labels"] or {}, kind, detail, remembered)


def end_unseen(name: str, labels: Mapping[str, str], code: str) -> WorkloadEnd:
    """Returns the end of a container that is gone already."""
    how = f"its container ended with code {code} and was removed" if code else "its container was removed"
    return WorkloadEnd(name, labels, "lost", f"{how} by somebody else")


def _how(state: Mapping[str, Any]) -> tuple[EndKind, str]:
    code, said = int(state.get("ExitCode") or 0), str(state.get("Error") or "")
    if state.get("Status") == "created":
        return "not_started", f"its container was never started{f': {said}' if said else ''}"
    if state.get("OOMKilled"):
        return "oom", "its container ran out of memory (OOMKilled): give it more by container_kwargs.mem_limit"
    if said:
        return "code", f"its container ended with code {code}: {said}"
    return by_exit_code("its container", code)

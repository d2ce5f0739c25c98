"""How a task ended, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.integrations.endings import EndKind, by_exit_code, plain
from headrace_codeloc.engines.base import Labels, WorkloadEnd

WORKLOAD = "headrace/workload"
"""Tag: the name of the workload."""
_LOST = {
    "SpotInterruption": "its spot capacity was taken back",
    "TerminationNotice": "its machine was taken out of service",
    "ServiceSchedulerInitiated": "a service's scheduler stopped it",
}


def labels_of(task: Mapping[str, Any]) -> dict[str, str]:
    """Returns the labels of the workload that a task is."""
    tags = {each["key"]: each.get("value", "") for each in task.get("tags") or ()}
    return {name: value for name, value in tags.items() if name.startswith("headrace/") and name != WORKLOAD}


def name_of(task: Mapping[str, Any]) -> str:
    """Returns the name of the workload that a task is; empty where it is none."""
    return next((each.get("value", "") for each in task.get("tags") or () if each["key"] == WORKLOAD), "")


def end_of(task: Mapping[str, Any], container_name: str, labels: Labels, *, remembered: bool) -> WorkloadEnd:
    """Returns the end of a task that has stopped."""
    kind, how = _how(task, _container(task, container_name))
    return WorkloadEnd(name_of(task), labels, kind, how, remembered)


def exit_code_of(task: Mapping[str, Any], container_name: str) -> int | None:
    """Returns the exit code of the container that works."""
    code = _container(task, container_name).get("exitCode")
    return None if code is None else int(code)


def _how(task: Mapping[str, Any], container: Mapping[str, Any]) -> tuple[EndKind, str]:
    stop_code = str(task.get("stopCode") or "")
    said = plain(container.get("reason")) or plain(task.get("stoppedReason"))
    code = container.get("exitCode")
    if "OutOfMemory" in said:
        return "oom", f"its task ran out of memory ({said}): give it more by run_resources.memory or the tag ecs/memory"
    if stop_code == "TaskFailedToStart":
        return "not_started", f"its task could not be started: {said}{_remedy(said)}"
    if stop_code in _LOST:
        return "evicted", f"its task was stopped: {_LOST[stop_code]}{f' ({said})' if said else ''}"
    if code is None:
        return "lost", f"its task was stopped{f': {said}' if said else ''}"
    if stop_code == "UserInitiated":
        return "code" if code else "normal", f"its task was stopped: {said}"
    return by_exit_code("its task", int(code), plain(container.get("reason")))


def _container(task: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    containers = task.get("containers") or ()
    found: Mapping[str, Any] = next((each for each in containers if each.get("name") == name), {})
    return found


def _remedy(said: str) -> str:
    if "CannotPull" in said:
        return "; push the image, correct its name, or let execution_role_arn pull it"
    if "ResourceInitialization" in said:
        return "; see that execution_role_arn may read its secrets and logs, and that its subnets reach them"
    return ""

"""How a pod ended, or that it will never begin, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from headrace_codeloc.engines.base import EndKind, WorkloadEnd
from headrace_codeloc.engines.kubernetes.manifests import CONTAINER, exact_labels
from headrace_codeloc.engines.words import and_wrote, by_exit_code, plain

# Waiting changes nothing about these.
_NEVER = frozenset({"InvalidImageName", "ErrImageNeverPull"})
# These may pass: a registry is down, a Secret comes later, a volume is being attached.
_PERHAPS = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "ImageInspectError",
        "RegistryUnavailable",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    }
)
_REFUSED = ("not found", "manifest unknown", "does not exist", "denied", "unauthorized", "authentication required")


def workload_name(pod: Mapping[str, Any]) -> str:
    """Returns the name of the workload that a pod works for."""
    labels = pod["metadata"].get("labels") or {}
    return str(labels.get("batch.kubernetes.io/job-name") or labels.get("job-name") or pod["metadata"]["name"])


def end_of(pod: Mapping[str, Any], *, patience_is_over: bool, remembered: bool = False) -> WorkloadEnd | None:
    """Returns how a pod ended; None while it runs or may still come to run.

    Args:
        pod: The pod.
        patience_is_over: Whether it waited long enough for what may pass.
        remembered: Whether it may have ended before anybody watched.
    """
    found = _ended(pod) or _never_began(pod, patience_is_over)
    return None if found is None else _end(pod, *found, remembered=remembered)


def end_of_removed(pod: Mapping[str, Any]) -> WorkloadEnd:
    """Returns the end of a pod that is gone, as it was last seen."""
    found = _ended(pod)
    if found is not None and found[0] != "normal":
        return _end(pod, *found)
    return _end(pod, "lost", f"its pod {pod['metadata']['name']} was removed{_why_removed(pod)}")


def is_waiting_in_vain(pod: Mapping[str, Any]) -> bool:
    """Tells whether a pod waits for what may not come."""
    return _waits_for(pod) is not None


def only_others_run(pod: Mapping[str, Any]) -> bool:
    """Tells whether the worker's container is over, and others keep the pod going."""
    status = pod.get("status") or {}
    ours = _container(status)
    return bool(ours and "terminated" in ours["state"]) and status.get("phase") == "Running"


def told_with(end: WorkloadEnd, written: str) -> WorkloadEnd:
    """Returns an end with the last that the worker wrote."""
    return replace(end, detail=and_wrote(end.detail, written))


def _end(pod: Mapping[str, Any], kind: EndKind, detail: str, *, remembered: bool = False) -> WorkloadEnd:
    return WorkloadEnd(workload_name(pod), exact_labels(pod["metadata"]), kind, detail, remembered)


def _ended(pod: Mapping[str, Any]) -> tuple[EndKind, str] | None:
    status = pod.get("status") or {}
    said = plain(status.get("message"))
    if status.get("reason") == "Evicted":
        return "evicted", f"its pod was evicted: {said or 'its node had no room for it'}"
    if status.get("reason") in ("NodeLost", "Preempting", "Terminated", "Shutdown", "NodeShutdown"):
        return "evicted", f"its pod was ended ({status['reason']}){': ' + said if said else ''}"
    ours = _container(status)
    if ours is not None and (over := ours["state"].get("terminated")) is not None:
        return _terminated(over, pod)
    if status.get("phase") == "Failed":
        why = ": ".join(each for each in (str(status.get("reason") or ""), said) if each)
        return (
            "lost" if _disruption(pod) else "not_started"
        ), f"its pod failed{': ' + why if why else ''}{_why_removed(pod)}"
    if status.get("phase") == "Succeeded":
        return "normal", "its pod ended without finishing"
    return None


def _terminated(over: Mapping[str, Any], pod: Mapping[str, Any]) -> tuple[EndKind, str]:
    code, reason = int(over.get("exitCode") or 0), str(over.get("reason") or "")
    said = plain(over.get("message"))
    if reason == "OOMKilled":
        limit = _memory_limit(pod)
        return "oom", (
            f"its pod ran out of memory (OOMKilled{f', its limit is {limit}' if limit else ''}): give it more by "
            "resources.limits.memory"
        )
    if disruption := _disruption(pod):
        return "evicted", f"its pod was ended: {disruption}"
    if reason in ("StartError", "ContainerCannotRun"):
        return "not_started", f"its container could not be started: {said or reason}"
    return by_exit_code("its pod", code, said)


def _never_began(pod: Mapping[str, Any], patience_is_over: bool) -> tuple[EndKind, str] | None:
    waiting = _waits_for(pod)
    if waiting is None:
        return None
    reason, said, image = waiting
    final = reason in _NEVER or any(word in said.lower() for word in _REFUSED)
    # The back-off's message names the image only; the refusal came with the attempt before.
    if not (patience_is_over or (final and reason != "CreateContainerConfigError")):
        return None
    if "Image" in reason or "Registry" in reason:
        return "not_started", (
            f"its image {image} cannot be pulled ({reason}): {said}; push it, correct its name, or give image_pull_secrets"
        )
    return "not_started", f"its container cannot be made ({reason}): {said}"


def _waits_for(pod: Mapping[str, Any]) -> tuple[str, str, str] | None:
    for each in _all_containers(pod.get("status") or {}):
        waiting = (each.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") in _NEVER | _PERHAPS:
            return str(waiting["reason"]), plain(waiting.get("message")), str(each.get("image") or "")
    return None


def _all_containers(status: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _container(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for each in status.get("containerStatuses") or ():
        if each["name"] == CONTAINER and each.get("state"):
            found: Mapping[str, Any] = each
            return found
    return None


def _disruption(pod: Mapping[str, Any]) -> str:
    for each in (pod.get("status") or {}).get("conditions") or ():
        if each.get("type") == "DisruptionTarget" and each.get("status") == "True":
            return plain(each.get("message")) or str(each.get("reason") or "")
    return ""


def _why_removed(pod: Mapping[str, Any]) -> str:
    disruption = _disruption(pod)
    return f": {disruption}" if disruption else ""


def _memory_limit(pod: Mapping[str, Any]) -> str:
    for each in (pod.get("spec") or {}).get("containers") or ():
        if each["name"] == CONTAINER:
            return str(((each.get("resources") or {}).get("limits") or {}).get("memory") or "")
    return ""

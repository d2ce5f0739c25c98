"""How a pod ended, or that it will never begin, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.integrations.endings import EndKind, by_exit_code, plain

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


def how_ended(pod: Mapping[str, Any], container: str) -> tuple[EndKind, str] | None:
    """Returns how a pod ended; None while it runs or may still come to run.

    Args:
        pod: The pod.
        container: The one of its containers that counts.
    """
    status = pod.get("status") or {}
    said = plain(status.get("message"))
    if status.get("reason") == "Evicted":
        return "evicted", f"its pod was evicted: {said or 'its node had no room for it'}"
    if status.get("reason") in ("NodeLost", "Preempting", "Terminated", "Shutdown", "NodeShutdown"):
        return "evicted", f"its pod was ended ({status['reason']}){': ' + said if said else ''}"
    ours = _container(status, container)
    if ours is not None and (over := ours["state"].get("terminated")) is not None:
        return _terminated(over, pod, container)
    if status.get("phase") == "Failed":
        why = ": ".join(each for each in (str(status.get("reason") or ""), said) if each)
        return (
            "lost" if _disruption(pod) else "not_started"
        ), f"its pod failed{': ' + why if why else ''}{why_removed(pod)}"
    if status.get("phase") == "Succeeded":
        return "normal", "its pod ended without finishing"
    return None


def why_not_begun(pod: Mapping[str, Any], patience_is_over: bool) -> tuple[EndKind, str] | None:
    """Returns why a pod will never begin; None while it may."""
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


def why_removed(pod: Mapping[str, Any]) -> str:
    """Returns who removed a pod, to be put after other words; empty where nobody says so."""
    disruption = _disruption(pod)
    return f": {disruption}" if disruption else ""


def is_waiting_in_vain(pod: Mapping[str, Any]) -> bool:
    """Tells whether a pod waits for what may not come."""
    return _waits_for(pod) is not None


def is_running(pod: Mapping[str, Any], container: str) -> bool:
    """Tells whether the container that counts is running, or was."""
    ours = _container(pod.get("status") or {}, container)
    return bool(ours and "waiting" not in ours["state"])


def only_others_run(pod: Mapping[str, Any], container: str) -> bool:
    """Tells whether the container that counts is over, and others keep the pod going."""
    status = pod.get("status") or {}
    ours = _container(status, container)
    return bool(ours and "terminated" in ours["state"]) and status.get("phase") == "Running"


def _terminated(over: Mapping[str, Any], pod: Mapping[str, Any], container: str) -> tuple[EndKind, str]:
    code, reason = int(over.get("exitCode") or 0), str(over.get("reason") or "")
    said = plain(over.get("message"))
    if reason == "OOMKilled":
        limit = _memory_limit(pod, container)
        return "oom", (
            f"its pod ran out of memory (OOMKilled{f', its limit is {limit}' if limit else ''}): give it more by "
            "resources.limits.memory"
        )
    if disruption := _disruption(pod):
        return "evicted", f"its pod was ended: {disruption}"
    if reason in ("StartError", "ContainerCannotRun"):
        return "not_started", f"its container could not be started: {said or reason}"
    return by_exit_code("its pod", code, said)


def _waits_for(pod: Mapping[str, Any]) -> tuple[str, str, str] | None:
    for each in _all_containers(pod.get("status") or {}):
        waiting = (each.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") in _NEVER | _PERHAPS:
            return str(waiting["reason"]), plain(waiting.get("message")), str(each.get("image") or "")
    return None


def _all_containers(status: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _container(status: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    for each in status.get("containerStatuses") or ():
        if each["name"] == name and each.get("state"):
            found: Mapping[str, Any] = each
            return found
    return None


def _disruption(pod: Mapping[str, Any]) -> str:
    for each in (pod.get("status") or {}).get("conditions") or ():
        if each.get("type") == "DisruptionTarget" and each.get("status") == "True":
            return plain(each.get("message")) or str(each.get("reason") or "")
    return ""


def _memory_limit(pod: Mapping[str, Any], container: str) -> str:
    for each in (pod.get("spec") or {}).get("containers") or ():
        if each["name"] == container:
            return str(((each.get("resources") or {}).get("limits") or {}).get("memory") or "")
    return ""

"""Ends of pods as ends of the workloads that they work for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from headrace.integrations.endings import EndKind, and_wrote
from headrace.integrations.k8s.pod_ends import how_ended, why_not_begun, why_removed
from headrace_codeloc.engines.base import WorkloadEnd
from headrace_codeloc.engines.kubernetes.manifests import CONTAINER, exact_labels


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
    found = how_ended(pod, CONTAINER) or why_not_begun(pod, patience_is_over)
    return None if found is None else _end(pod, *found, remembered=remembered)


def end_of_removed(pod: Mapping[str, Any]) -> WorkloadEnd:
    """Returns the end of a pod that is gone, as it was last seen."""
    found = how_ended(pod, CONTAINER)
    if found is not None and found[0] != "normal":
        return _end(pod, *found)
    return _end(pod, "lost", f"its pod {pod['metadata']['name']} was removed{why_removed(pod)}")


def told_with(end: WorkloadEnd, written: str) -> WorkloadEnd:
    """Returns an end with the last that the worker wrote."""
    return replace(end, detail=and_wrote(end.detail, written))


def _end(pod: Mapping[str, Any], kind: EndKind, detail: str, *, remembered: bool = False) -> WorkloadEnd:
    return WorkloadEnd(workload_name(pod), exact_labels(pod["metadata"]), kind, detail, remembered)

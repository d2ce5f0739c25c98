"""From settings to the Job of a workload: pure functions."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from headrace.errors import InvalidConfigError
from headrace.integrations.k8s.manifests import container_object, job_object
from headrace.integrations.k8s.raw_config import merge_deep
from headrace_codeloc.engines.base import STEP_KEY, Labels, Workload
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings
from headrace_codeloc.engines.orders import FAILS_WITH_RUN

CONTAINER = "headrace"
MANAGED_BY = {"app.kubernetes.io/name": "headrace", "app.kubernetes.io/managed-by": "headrace"}
POD_NAME, POD_UID, POD_NAMESPACE = "HEADRACE_POD_NAME", "HEADRACE_POD_UID", "HEADRACE_POD_NAMESPACE"
EXACT_LABELS = "headrace/labels"
"""Annotation: the workload's labels as they are; what Kubernetes takes as labels is shorter."""

TOLD = "headrace/told"
"""Label of pods whose end was told: who watches next need not hear of it again."""

_DOWNWARD = {POD_NAME: "metadata.name", POD_UID: "metadata.uid", POD_NAMESPACE: "metadata.namespace"}
_LONGEST_LABEL = 63


def job_manifest(
    settings: KubernetesSettings,
    workload: Workload,
    *,
    environ: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns the Job that runs a workload.

    Args:
        settings: The settings, with what the workload's layers say.
        workload: The workload.
        environ: The variables of this process, if not the real ones.

    Raises:
        InvalidConfigError: no image is named, or a variable is not set.
    """
    environ = os.environ if environ is None else environ
    raw = settings.raw_for(workload)
    made = container_object(settings, environ, name=CONTAINER, image=settings.job_image, args=list(workload.command))
    container = merge_deep(made, raw.container_config)
    own = _worker_env(workload)
    if settings.fail_pod_on_run_failure and STEP_KEY not in workload.labels:
        own.append({"name": FAILS_WITH_RUN, "value": "1"})
    container["env"] = _last_by_name([*container.get("env", ()), *own])
    if not container.get("image"):
        raise InvalidConfigError(
            "no image is named for the pod: set container_image in the location's container_context or server, "
            "job_image of the launcher or executor, or container_config.image"
        )
    labels = {**label_values(settings.labels), **MANAGED_BY, **label_values(workload.labels)}
    annotations = {EXACT_LABELS: exact(workload.labels)}
    metadata = {"name": workload.name, "labels": labels, "annotations": annotations}
    job = job_object(settings, raw, container, metadata)
    if settings.enable_owner_references and STEP_KEY in workload.labels and (owner := _owner(settings, environ)):
        job["metadata"]["ownerReferences"] = [*job["metadata"].get("ownerReferences", ()), owner]
    return job


def secret_manifest(workload: Workload, job_uid: str) -> dict[str, Any]:
    """Returns the Secret that holds what only the worker of a workload may know; it goes with its Job."""
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": workload.name, "uid": job_uid}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": workload.name,
            "labels": {**MANAGED_BY, **label_values(workload.labels)},
            "ownerReferences": [owner],
        },
        "type": "Opaque",
        "immutable": True,
        "stringData": dict(workload.secrets),
    }


def label_values(labels: Labels) -> dict[str, str]:
    """Returns labels with values that Kubernetes takes; what had to be shortened stays distinct."""
    return {name: label_value(value) for name, value in labels.items()}


def label_value(value: str) -> str:
    """Returns a value that Kubernetes takes as a label's."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", value)
    if plain == value and len(plain) <= _LONGEST_LABEL and plain.strip("_.-") == plain:
        return plain
    digest = hashlib.sha256(value.encode()).hexdigest()[:8]
    kept = plain[: _LONGEST_LABEL - len(digest) - 1].strip("_.-")
    return f"{kept}.{digest}" if kept else digest


def selector(labels: Labels) -> str:
    """Returns a label selector."""
    return ",".join(f"{name}={value}" for name, value in {**MANAGED_BY, **label_values(labels)}.items())


def selector_of_untold(labels: Labels) -> str:
    """Returns a label selector without what `TOLD` was set for."""
    return f"{selector(labels)},{TOLD}!=yes"


def exact(labels: Labels) -> str:
    """Returns labels as text that is read back with `exact_labels`."""
    return "\n".join(f"{name}={value}" for name, value in sorted(labels.items()))


def exact_labels(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Returns the labels of a workload from the metadata of its Job or pod."""
    text = (metadata.get("annotations") or {}).get(EXACT_LABELS, "")
    return dict(line.split("=", 1) for line in text.split("\n") if "=" in line)


def _owner(settings: KubernetesSettings, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Returns the reference to the pod that this process is in; None outside of one."""
    # An owner must be in the same namespace; elsewhere the Job would be removed at once.
    if not environ.get(POD_UID) or settings.job_namespace not in (None, environ.get(POD_NAMESPACE)):
        return None
    return {"apiVersion": "v1", "kind": "Pod", "name": environ.get(POD_NAME, ""), "uid": environ[POD_UID]}


def _worker_env(workload: Workload) -> list[dict[str, Any]]:
    """What the worker needs; last, so that nothing that users set takes its place."""
    plain: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in workload.environment.items()]
    hidden = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": workload.name, "key": name}}} for name in workload.secrets
    ]
    own = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in _DOWNWARD.items()]
    return [*plain, *hidden, *own]


def _last_by_name(variables: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({str(each.get("name")): each for each in variables}.values())

"""Jobs with their Secrets and pods, as calls that block: each may be made from any thread."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from headrace.integrations.k8s import objects
from headrace.integrations.k8s.api import Api, ApiError
from headrace_codeloc.engines.base import FoundWorkload, Labels, Workload, WorkloadEnd
from headrace_codeloc.engines.kubernetes.ends import told_with
from headrace_codeloc.engines.kubernetes.manifests import CONTAINER, TOLD, exact_labels, secret_manifest, selector

logger = logging.getLogger(__name__)

_LOG_LINES = 20


def start(api: Api, namespace: str, manifest: Mapping[str, Any], workload: Workload) -> bool:
    """Makes a Job, and the Secret that goes with it; tells whether there was none of its name."""
    is_new = True
    try:
        job = api.call("POST", objects.jobs(namespace), body=manifest)
    except ApiError as error:
        if error.code != objects.CONFLICT:
            raise
        is_new = False
        found = objects.found_or_none(api, objects.jobs(namespace, workload.name))
        if found is None or not workload.secrets or objects.is_over(found):
            return False
        # Whoever made it may not have come to make the Secret.
        job = found
    if workload.secrets:
        try:
            api.call("POST", objects.secrets(namespace), body=secret_manifest(workload, job["metadata"]["uid"]))
        except Exception as error:
            if isinstance(error, ApiError) and error.code == objects.CONFLICT:
                return is_new
            if is_new:
                objects.delete(api, objects.jobs(namespace, workload.name))
            raise
    return is_new


def listed(api: Api, namespace: str, labels: Labels) -> list[dict[str, Any]]:
    """Returns the Jobs with these labels."""
    return objects.listed(api, objects.jobs(namespace), {"labelSelector": selector(labels)})[0]


def workload(job: Mapping[str, Any]) -> FoundWorkload:
    """Returns a Job as the workload that it is."""
    return FoundWorkload(job["metadata"]["name"], exact_labels(job["metadata"]), not objects.is_over(job))


def end(api: Api, namespace: str, labels: Labels) -> None:
    """Deletes Jobs, whose pods are told to end."""
    for job in listed(api, namespace, labels):
        if not objects.is_over(job):
            objects.delete(api, objects.jobs(namespace, job["metadata"]["name"]), propagation="Foreground")


def kill(api: Api, namespace: str, labels: Labels) -> None:
    """Deletes Jobs and their pods, which have no time to end."""
    # Jobs first: they would make up for pods that are gone.
    for job in listed(api, namespace, labels):
        objects.delete(api, objects.jobs(namespace, job["metadata"]["name"]))
    for pod in objects.listed(api, objects.pods(namespace), {"labelSelector": selector(labels)})[0]:
        objects.delete(api, objects.pods(namespace, pod["metadata"]["name"]), at_once=True)


def mark_told(api: Api, path: str) -> None:
    """Marks a pod as one whose end was told."""
    try:
        api.call("PATCH", path, body={"metadata": {"labels": {TOLD: "yes"}}})
    except ApiError as error:
        # It is gone, or this is not allowed: then its end is told once more to who watches next.
        logger.debug("a pod could not be marked", extra={"path": path, "problem": error.said})


def completed(api: Api, namespace: str, found: WorkloadEnd, pod: Mapping[str, Any], gone: bool) -> WorkloadEnd:
    """Returns an end with what else the cluster knows: the last that was written, or why the Job failed."""
    if found.kind in ("normal", "not_started") or found.remembered:
        return found
    try:
        if gone:
            job = objects.found_or_none(api, objects.jobs(namespace, found.name))
            why = objects.failure(job) if job else ""
            return replace(found, detail=f"{found.detail}; {why}") if why else found
        path = f"{objects.pods(namespace, pod['metadata']['name'])}/log"
        return told_with(found, api.text(path, {"container": CONTAINER, "tailLines": _LOG_LINES}))
    except Exception as error:
        logger.info("the end of a pod is told without what it wrote", extra={"pod": found.name, "problem": str(error)})
        return found

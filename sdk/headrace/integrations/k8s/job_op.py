"""Something that is no op of ours, as a Kubernetes Job that a step makes and waits for."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from headrace.config.fields import Field
from headrace.config.sources import IntSource, StringSource
from headrace.config.types import Bool
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.failure import Failure
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.types import Nothing
from headrace.errors import InvalidConfigError
from headrace.execute.contexts.context import OpExecutionContext
from headrace.execute.direct.scope import EPHEMERAL
from headrace.integrations.engine_executor import optional
from headrace.integrations.k8s.access import ClusterAccess
from headrace.integrations.k8s.cluster import explained, opened_cluster
from headrace.integrations.k8s.executor import KUBERNETES_FIELDS, RAW_FIELDS
from headrace.integrations.k8s.manifests import PodSettings, container_object, job_object
from headrace.integrations.k8s.raw_config import K8sConfigMergeBehavior, RawConfig, merge_deep
from headrace.integrations.printed import print_lines

CONTAINER = "headrace"
_RUN_ID, _STEP = "headrace/run-id", "headrace/op"
_PATIENCE_SECONDS = 90.0
_OF_PODS = [name for name in PodSettings.model_fields if name != "env"]
_IN_ITS_WORDS = (
    "container_config",
    "pod_template_spec_metadata",
    "pod_spec_config",
    "job_metadata",
    "job_spec_config",
)


def execute_k8s_job(
    context: OpExecutionContext,
    image: str,
    command: Sequence[str] | None = None,
    args: Sequence[str] | None = None,
    namespace: str | None = None,
    image_pull_policy: str | None = None,
    image_pull_secrets: Sequence[Mapping[str, str]] | None = None,
    service_account_name: str | None = None,
    env_config_maps: Sequence[str] | None = None,
    env_secrets: Sequence[str] | None = None,
    env_vars: Sequence[str] | None = None,
    volume_mounts: Sequence[Mapping[str, Any]] | None = None,
    volumes: Sequence[Mapping[str, Any]] | None = None,
    labels: Mapping[str, str] | None = None,
    resources: Mapping[str, Any] | None = None,
    scheduler_name: str | None = None,
    load_incluster_config: bool = True,
    kubeconfig_file: str | None = None,
    timeout: int | None = None,
    container_config: Mapping[str, Any] | None = None,
    pod_template_spec_metadata: Mapping[str, Any] | None = None,
    pod_spec_config: Mapping[str, Any] | None = None,
    job_metadata: Mapping[str, Any] | None = None,
    job_spec_config: Mapping[str, Any] | None = None,
    k8s_job_name: str | None = None,
    merge_behavior: K8sConfigMergeBehavior = K8sConfigMergeBehavior.DEEP,
    delete_failed_k8s_jobs: bool = True,
    security_context: Mapping[str, Any] | None = None,
) -> None:
    """Makes a Job, prints what it prints, and returns when it has succeeded.

    Its pod is not tried again: give the op a `RetryPolicy`. A Job of the same name that is there already is waited for: a worker that was lost may have made it. One that succeeded
    stays until `ttlSecondsAfterFinished`, a day unless `job_spec_config` says otherwise.

    Args:
        context: The context of the op.
        image: The image.
        command: What its container executes; what the image says when left out.
        args: The arguments of that.
        namespace: Where the Job is made; where this process runs, or the kubeconfig says, when left out.
        image_pull_policy: When the image is fetched.
        image_pull_secrets: Secrets to fetch it with.
        service_account_name: As whom the pod runs.
        env_config_maps: ConfigMaps that become variables.
        env_secrets: Secrets that become variables.
        env_vars: `NAME=value`, or `NAME` for a variable of this process.
        volume_mounts: What is mounted into the container.
        volumes: What the pod has to mount.
        labels: Of the Job and the pod.
        resources: Requests and limits of the container.
        scheduler_name: Who finds a node.
        load_incluster_config: Whether the cluster is the one that this process runs in, when it runs in one.
        kubeconfig_file: How to reach another.
        timeout: For how many seconds the Job may go on; for ever when left out.
        container_config: Anything else of the container, in the API's words.
        pod_template_spec_metadata: Of the pod's metadata.
        pod_spec_config: Of the pod.
        job_metadata: Of the Job's metadata.
        job_spec_config: Of the Job's spec.
        k8s_job_name: The Job's name; made of the run, the step and the retry when left out.
        merge_behavior: How these go together with what is said otherwise.
        delete_failed_k8s_jobs: Whether a Job that failed is deleted at once.
        security_context: Of the container.

    Raises:
        Failure: the Job could not be made, or failed; the message has the cluster's words.
        InvalidConfigError: something that is said cannot be.
    """
    # Each by the name that the settings have for it.
    said = dict(locals())
    settings = _checked(PodSettings, {name: said[name] for name in _OF_PODS if said[name] is not None})
    parts = {name: said[name] for name in _IN_ITS_WORDS if said.get(name)}
    raw = _checked(RawConfig, {**parts, "merge_behavior": merge_behavior})
    name = k8s_job_name or _job_name(context)
    more = {"name": CONTAINER, "image": image, "command": list(command or ()), "args": list(args or ())}
    container = merge_deep(container_object(settings, os.environ, **more), raw.container_config)
    labels = {**settings.labels, _RUN_ID: context.run_id, _STEP: _digest(context.step_key)}
    job = job_object(settings, raw, container, {"name": name, "labels": labels})
    with opened_cluster(ClusterAccess(kubeconfig_file, load_incluster_config=load_incluster_config), namespace) as api:
        _run(context, api, job, timeout, deletes_failed=delete_failed_k8s_jobs)


_FIELDS: Mapping[str, Any] = {
    "image": Field(StringSource, description="The image."),
    "command": optional([str], "What its container executes; what the image says when left out."),
    "args": optional([str], "The arguments of that."),
    "namespace": optional(StringSource, "Where the Job is made."),
    "timeout": optional(IntSource, "For how many seconds the Job may go on; for ever when left out."),
    "k8s_job_name": optional(StringSource, "The Job's name; made of the run, the step and the retry when left out."),
    "load_incluster_config": KUBERNETES_FIELDS["load_incluster_config"],
    "kubeconfig_file": KUBERNETES_FIELDS["kubeconfig_file"],
    **{name: KUBERNETES_FIELDS[name] for name in _OF_PODS},
    **{name: RAW_FIELDS[name] for name in _IN_ITS_WORDS},
    "merge_behavior": optional(K8sConfigMergeBehavior, "How these go together with what is said otherwise."),
    "delete_failed_k8s_jobs": optional(Bool, "Whether a Job that failed is deleted at once."),
}


@op(ins={"start_after": In(Nothing)}, config_schema=_FIELDS)
def k8s_job_op(context: OpExecutionContext) -> None:
    """Makes a Kubernetes Job, and waits for its end; see `execute_k8s_job`."""
    execute_k8s_job(context, **context.op_config)


def _run(
    context: OpExecutionContext, api: Any, job: Mapping[str, Any], timeout: float | None, *, deletes_failed: bool
) -> None:
    from headrace.integrations.k8s import objects
    from headrace.integrations.k8s.pod_run import PodRun

    name = job["metadata"]["name"]
    path = objects.jobs(api.namespace, name)
    with explained(api, f"execute Job {name} in namespace {api.namespace}"):
        is_new = objects.make(api, objects.jobs(api.namespace), job)
        context.log.info("%s Job %s in namespace %s.", "Made" if is_new else "Found", name, api.namespace)
        run = PodRun(api, api.namespace, {"labelSelector": f"job-name={name}"}, CONTAINER, _printed, _PATIENCE_SECONDS)
        succeeded = keeps = False
        try:
            kind, how = run.end(timeout)
            succeeded = kind == "normal"
            keeps = succeeded or not (deletes_failed or kind in ("not_started", "lost"))
        finally:
            if not keeps:
                objects.delete(api, path, propagation="Background")
    if not succeeded:
        raise Failure(f"Job {name} failed: {how}.")


def _printed(pieces: Iterable[bytes]) -> None:
    print_lines(("stdout", piece) for piece in pieces)


def _checked(model: Any, values: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise InvalidConfigError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


def _job_name(context: OpExecutionContext) -> str:
    # An op that is called directly belongs to no run: whatever is there was made by another call.
    run = uuid.uuid4().hex if context.run_id == EPHEMERAL else context.run_id
    return f"headrace-op-{_digest(f'{run} {context.step_key} {context.retry_number}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]

"""Jobs and pods as the API wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from headrace.integrations.env_vars import variables
from headrace.integrations.k8s.raw_config import RawConfig, merge_deep
from headrace.integrations.k8s.spelling import as_the_api_spells

DAY_SECONDS = 86_400


class PodSettings(BaseModel):
    """What users say of a pod without knowing the API's own words.

    Attributes:
        image_pull_policy: When the image is fetched.
        image_pull_secrets: Secrets to fetch it with: `[{name: …}]`.
        service_account_name: As whom the pod runs.
        env_config_maps: ConfigMaps that become variables.
        env_secrets: Secrets that become variables.
        env_vars: `NAME=value`, or `NAME` for a variable of this process.
        env: Variables in the API's own words.
        volume_mounts: What is mounted into the container.
        volumes: What the pod has to mount.
        labels: Of the Job and the pod.
        resources: Requests and limits of the container.
        scheduler_name: Who finds a node for the pod.
        security_context: Of the container.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    image_pull_secrets: list[dict[str, str]] = Field(default_factory=list)
    service_account_name: str | None = None
    env_config_maps: list[str] = Field(default_factory=list)
    env_secrets: list[str] = Field(default_factory=list)
    env_vars: list[str] = Field(default_factory=list)
    env: list[dict[str, Any]] = Field(default_factory=list)
    volume_mounts: list[dict[str, Any]] = Field(default_factory=list)
    volumes: list[dict[str, Any]] = Field(default_factory=list)
    labels: dict[str, str] = Field(default_factory=dict)
    resources: dict[str, Any] = Field(default_factory=dict)
    scheduler_name: str | None = None
    security_context: dict[str, Any] = Field(default_factory=dict)


def container_object(settings: PodSettings, environ: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Returns a container.

    Args:
        settings: What is said of it.
        environ: The variables of this process.
        **more: What else it has, in the API's words; what is empty is left out.

    Raises:
        InvalidConfigError: a variable is not set.
    """
    plain = [{"name": name, "value": value} for name, value in variables(settings.env_vars, environ).items()]
    made = {
        **more,
        "imagePullPolicy": settings.image_pull_policy,
        "env": [*plain, *as_the_api_spells(settings.env)],
        "envFrom": [
            *({"configMapRef": {"name": name}} for name in settings.env_config_maps),
            *({"secretRef": {"name": name}} for name in settings.env_secrets),
        ],
        "volumeMounts": as_the_api_spells(settings.volume_mounts),
        "resources": as_the_api_spells(settings.resources),
        "securityContext": as_the_api_spells(settings.security_context),
    }
    return {key: value for key, value in made.items() if value}


def job_object(
    settings: PodSettings, raw: RawConfig, container: Mapping[str, Any], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns a Job of one pod that is not tried again.

    Args:
        settings: What is said of its pod.
        raw: What is said in the API's words, which has the last one.
        container: The container that works.
        metadata: Of the Job; its labels and annotations are the pod's as well.
    """
    shared = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
    containers = [dict(container), *raw.pod_spec_config.get("containers", ())]
    template = {
        "metadata": merge_deep(shared, raw.pod_template_spec_metadata),
        "spec": {**merge_deep(_pod(settings), raw.pod_spec_config), "containers": containers},
    }
    spec = {"backoffLimit": 0, "ttlSecondsAfterFinished": DAY_SECONDS, "template": template}
    job: dict[str, Any] = merge_deep(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": merge_deep(metadata, raw.job_metadata),
            "spec": merge_deep(spec, raw.job_spec_config),
        },
        raw.job_config,
    )
    return job


def _pod(settings: PodSettings) -> dict[str, Any]:
    made = {
        "restartPolicy": "Never",
        "imagePullSecrets": settings.image_pull_secrets,
        "serviceAccountName": settings.service_account_name,
        "volumes": as_the_api_spells(settings.volumes),
        "schedulerName": settings.scheduler_name,
    }
    return {key: value for key, value in made.items() if value}

"""What a launcher, an executor, a code location and tags may say about pods."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from pydantic import AliasChoices, Field

from headrace.errors import InvalidConfigError
from headrace.integrations.k8s.access import ClusterAccess
from headrace.integrations.k8s.manifests import PodSettings
from headrace.integrations.k8s.raw_config import RawConfig
from headrace_codeloc.engines.base import STEP_KEY, Layer, Workload
from headrace_codeloc.engines.kubernetes.allowed import filter_env_vars, refuse_fields
from headrace_codeloc.engines.settings import EngineSettings, merge

Kubernetes = TypeVar("Kubernetes", bound="KubernetesSettings")

TAGS = ("dagster-k8s/config", "headrace-k8s/config")
_LONGEST_LABEL = 63
_RAW = ("run_k8s_config", "step_k8s_config", "config")
_LOCAL_QUEUES = "only for deployments that share one instance file with Dagster; nothing is read from it here"


class KubernetesSettings(EngineSettings, PodSettings):
    """How workers become Jobs; the keys are those of K8sRunLauncher, k8s_job_executor and `container_context.k8s`.

    What is said of pods is in `PodSettings`.

    Attributes:
        job_image: The image, where the location names none.
        job_namespace: Where Jobs are made; where this process runs in a pod, that pod's by default.
        run_k8s_config: Anything else, in the API's own words.
        step_k8s_config: The same, for the steps of an executor.
        config: The same, as the tag `dagster-k8s/config` of a job, run or op says it.
        per_step_k8s_config: The same, by the step's key.
        load_incluster_config: Whether the cluster is the one that this process runs in, when it runs in one.
        kubeconfig_file: How to reach another; the kubectl default when left out.
        k8s_api_ssl_ca_cert_file: Who signs the certificate of the API.
        fail_pod_on_run_failure: Whether the pod of a run that fails counts as failed itself.
        namespaces: Where else locations may have their Jobs made; watched from the start.
        enable_owner_references: Whether Jobs of steps belong to the pod of their run, and go with it.
        only_allow_user_defined_k8s_config_fields: What locations and tags may say; everything when left out.
        only_allow_user_defined_env_vars: Which variables they may set; every one when left out.
    """

    IMAGE: ClassVar[str] = "job_image"
    LAUNCHER_ONLY: ClassVar[frozenset[str]] = frozenset(
        {
            "load_incluster_config",
            "kubeconfig_file",
            "k8s_api_ssl_ca_cert_file",
            "fail_pod_on_run_failure",
            "namespaces",
            "enable_owner_references",
            "only_allow_user_defined_k8s_config_fields",
            "only_allow_user_defined_env_vars",
        }
    )

    job_image: str | None = Field(None, validation_alias=AliasChoices("job_image", "image"))
    job_namespace: str | None = Field(None, validation_alias=AliasChoices("job_namespace", "namespace"))
    run_k8s_config: RawConfig = RawConfig()
    step_k8s_config: RawConfig = RawConfig()
    config: RawConfig = RawConfig()
    per_step_k8s_config: dict[str, RawConfig] = Field(default_factory=dict)
    server_k8s_config: dict[str, Any] = Field(
        default_factory=dict, description="of the location's own server, which is not started here"
    )
    instance_config_map: str | None = Field(None, description=_LOCAL_QUEUES)
    postgres_password_secret: str | None = Field(None, description="workers never see the database")
    dagster_home: str | None = Field(None, description=_LOCAL_QUEUES)
    load_incluster_config: bool = True
    kubeconfig_file: str | None = None
    k8s_api_ssl_ca_cert_file: str | None = None
    fail_pod_on_run_failure: bool = False
    namespaces: list[str] = Field(default_factory=list)
    enable_owner_references: bool = False
    only_allow_user_defined_k8s_config_fields: dict[str, Any] | None = None
    only_allow_user_defined_env_vars: list[str] | None = None

    @classmethod
    def layer_of_tags(cls, tags: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns what the tag `dagster-k8s/config` or `headrace-k8s/config` says."""
        raw = RawConfig()
        found = False
        for name in TAGS:
            if name not in tags:
                continue
            try:
                said = json.loads(tags[name])
            except ValueError as error:
                raise InvalidConfigError(f"tag {name} is no JSON: {error}") from error
            raw = raw.merged(KubernetesSettings.of({"config": said}, f"tag {name}").config)
            found = True
        return {"config": raw.model_dump(mode="json")} if found else {}

    def for_workload(self: Kubernetes, workload: Workload) -> Kubernetes:
        """Returns these settings with the location's image, which nobody has to allow, and what the layers say."""
        settings = self.model_copy(update={"job_image": workload.image}) if workload.image else self
        return EngineSettings.for_workload(settings, replace(workload, image=""))

    def overlaid(self: Kubernetes, layer: Layer) -> Kubernetes:
        """Returns these settings with what a layer says, as far as it may say it."""
        refuse_fields(layer, self.only_allow_user_defined_k8s_config_fields)
        return EngineSettings.overlaid(self, filter_env_vars(layer, self.only_allow_user_defined_env_vars))

    def merged(self: Kubernetes, over: Kubernetes) -> Kubernetes:
        """Returns both together; parts in the API's words are merged as the stronger place says."""
        values = {name: merge(getattr(self, name), getattr(over, name)) for name in over.model_fields_set}
        for name in _RAW:
            values[name] = getattr(self, name).merged(getattr(over, name)) if name in values else getattr(self, name)
        return self.model_copy(update=values)

    def access(self) -> ClusterAccess:
        """Returns how the cluster is reached."""
        return ClusterAccess(
            self.kubeconfig_file,
            load_incluster_config=self.load_incluster_config,
            ca_file=self.k8s_api_ssl_ca_cert_file,
        )

    def raw_for(self, workload: Workload) -> RawConfig:
        """Returns what is said in the API's words for a workload, that for its step included."""
        step = workload.labels.get(STEP_KEY)
        if step is None:
            return self.run_k8s_config.merged(self.config)
        # Labels are cut off.
        said = (each for key, each in self.per_step_k8s_config.items() if key[:_LONGEST_LABEL] == step)
        own = next(said, RawConfig())
        return self.run_k8s_config.merged(self.step_k8s_config).merged(self.config).merged(own)

"""The executor whose steps are Kubernetes Jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.fields import Noneable, Permissive, Shape
from headrace.config.sources import BoolSource, StringSource
from headrace.config.types import Bool
from headrace.integrations.engine_executor import engine_executor, optional

RAW_FIELDS = {
    name: optional(Permissive(), description)
    for name, description in (
        ("container_config", "Of the container."),
        ("pod_template_spec_metadata", "Of the pod's metadata."),
        ("pod_spec_config", "Of the pod."),
        ("job_config", "Of the Job itself."),
        ("job_metadata", "Of the Job's metadata."),
        ("job_spec_config", "Of the Job's spec."),
        ("deployment_metadata", "Accepted for shared configuration."),
        ("service_metadata", "Accepted for shared configuration."),
    )
}
"""What is said in the API's own words."""

STEP_CONFIG = Shape(
    {
        **RAW_FIELDS,
        "merge_behavior": optional(StringSource, "DEEP or SHALLOW: how this goes together with weaker places."),
    }
)

KUBERNETES_FIELDS: Mapping[str, Any] = {
    "job_image": optional(Noneable(StringSource), "The image of steps, where the location names none."),
    "job_namespace": optional(Noneable(StringSource), "The namespace of their Jobs."),
    "image_pull_policy": optional(Noneable(StringSource), "When the image is fetched."),
    "image_pull_secrets": optional(Noneable([Permissive()]), "Secrets to fetch it with."),
    "service_account_name": optional(Noneable(StringSource), "As whom pods run."),
    "env_config_maps": optional(Noneable([StringSource]), "ConfigMaps that become variables."),
    "env_secrets": optional(Noneable([StringSource]), "Secrets that become variables."),
    "env_vars": optional(Noneable([StringSource]), "NAME=value, or NAME for a variable of the run's worker."),
    "volume_mounts": optional([Permissive()], "What is mounted into the container."),
    "volumes": optional([Permissive()], "What the pod has to mount."),
    "labels": optional(Permissive(), "Of Jobs and pods."),
    "resources": optional(Noneable(Permissive()), "Requests and limits of the container."),
    "scheduler_name": optional(Noneable(StringSource), "Who finds a node for pods."),
    "security_context": optional(Permissive(), "Of the container."),
    "load_incluster_config": optional(BoolSource, "Whether the cluster is the one that the run's worker is in."),
    "kubeconfig_file": optional(Noneable(StringSource), "How to reach another."),
    "step_k8s_config": optional(STEP_CONFIG, "Anything else about the Jobs of steps, in the API's own words."),
    "per_step_k8s_config": optional(Permissive(), "The same, by the step's key."),
    "enable_owner_references": optional(Bool, "Whether Jobs of steps belong to the pod of their run, and go with it."),
}
"""What is said of the Jobs of steps."""

k8s_job_executor = engine_executor("k8s", KUBERNETES_FIELDS, "Runs each step as a Kubernetes Job.")
"""Runs each step as a Kubernetes Job; what is left out of its config is as the run's launcher has it."""

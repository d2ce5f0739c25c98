"""What users say of pods and Jobs in the API's own words, and how several places that say it are put together."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from headrace.integrations.k8s.spelling import as_the_api_spells


class K8sConfigMergeBehavior(str, Enum):
    """How what a place says goes together with what weaker places say."""

    DEEP = "DEEP"
    """Mappings are merged by key, lists put one after the other."""
    SHALLOW = "SHALLOW"
    """Each key replaces the one that is there."""


def _section(value: Any) -> Any:
    return as_the_api_spells(value) if isinstance(value, Mapping) else value


Section = Annotated[dict[str, Any], BeforeValidator(_section)]
"""A part of an object; spelled as the API does after it was read."""

SECTIONS = (
    "container_config",
    "pod_template_spec_metadata",
    "pod_spec_config",
    "job_config",
    "job_metadata",
    "job_spec_config",
)


class RawConfig(BaseModel):
    """Parts of a Job, laid over what Headrace makes.

    Attributes:
        container_config: Of the container that runs the worker.
        pod_template_spec_metadata: Of the pod's metadata.
        pod_spec_config: Of the pod.
        job_config: Of the Job itself.
        job_metadata: Of the Job's metadata.
        job_spec_config: Of the Job's spec.
        deployment_metadata: Accepted for shared configuration; there is no Deployment here.
        service_metadata: Accepted for shared configuration; there is no Service here.
        merge_behavior: How this goes together with what weaker places say.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    container_config: Section = {}
    pod_template_spec_metadata: Section = {}
    pod_spec_config: Section = {}
    job_config: Section = {}
    job_metadata: Section = {}
    job_spec_config: Section = {}
    deployment_metadata: Section = {}
    service_metadata: Section = {}
    merge_behavior: K8sConfigMergeBehavior = K8sConfigMergeBehavior.DEEP

    def merged(self, over: RawConfig) -> RawConfig:
        """Returns both together, `over` having the last word and saying how."""
        together = merge_deep if over.merge_behavior is K8sConfigMergeBehavior.DEEP else _merge_shallow
        values: dict[str, Any] = {name: together(getattr(self, name), getattr(over, name)) for name in SECTIONS}
        return self.model_copy(update={**values, "merge_behavior": over.merge_behavior})


def merge_deep(under: Any, over: Any) -> Any:
    """Returns two parts of an object together: mappings merged by key, lists put one after the other, other values replaced."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return {
            **under,
            **{key: merge_deep(under[key], value) if key in under else value for key, value in over.items()},
        }
    if isinstance(under, list) and isinstance(over, list):
        return [*under, *(each for each in over if each not in under)]
    return over


def _merge_shallow(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    return {**under, **over}

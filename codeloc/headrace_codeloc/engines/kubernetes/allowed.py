"""What locations and tags may say of pods, where the launcher limits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headrace.errors import InvalidConfigError
from headrace.integrations.k8s.spelling import camel_case
from headrace_codeloc.engines.base import Layer

_RAW = ("run_k8s_config", "step_k8s_config", "config")
_KEPT = frozenset({"merge_behavior", "server_k8s_config", "env_vars"})
# Where the short keys end up in a Job.
_PLACES = {
    "image_pull_policy": "container_config.image_pull_policy",
    "env": "container_config.env",
    "env_config_maps": "container_config.env_from",
    "env_secrets": "container_config.env_from",
    "volume_mounts": "container_config.volume_mounts",
    "resources": "container_config.resources",
    "security_context": "container_config.security_context",
    "job_image": "container_config.image",
    "image": "container_config.image",
    "image_pull_secrets": "pod_spec_config.image_pull_secrets",
    "service_account_name": "pod_spec_config.service_account_name",
    "volumes": "pod_spec_config.volumes",
    "scheduler_name": "pod_spec_config.scheduler_name",
    "labels": "pod_template_spec_metadata.labels",
    "job_namespace": "namespace",
}


def refuse_fields(layer: Layer, allowed: Mapping[str, Any] | None) -> None:
    """Checks that a layer says nothing but what is allowed.

    Raises:
        InvalidConfigError: it says more; the message names all of it.
    """
    if allowed is None:
        return
    refused = sorted({place for place in _said(layer.values) if not _allows(allowed, place)})
    if refused:
        raise InvalidConfigError(
            f"{layer.where} sets {', '.join(refused)}, which only_allow_user_defined_k8s_config_fields of the launcher "
            "does not allow: leave it out, or have it allowed"
        )


def filter_env_vars(layer: Layer, allowed: Sequence[str] | None) -> Layer:
    """Returns a layer with only those of its variables that are allowed."""
    given = layer.values.get("env_vars")
    if allowed is None or not given:
        return layer
    kept = [each for each in given if str(each).partition("=")[0] in allowed]
    return Layer(layer.where, {**layer.values, "env_vars": kept})


def _said(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if key in _KEPT or value in (None, {}, []):
            continue
        if key in _RAW and isinstance(value, Mapping):
            for section, fields in value.items():
                if section not in _KEPT and isinstance(fields, Mapping):
                    yield from (f"{section}.{name}" for name in fields)
        else:
            yield _PLACES.get(key, key)


def _allows(allowed: Mapping[str, Any], place: str) -> bool:
    section, _, name = place.partition(".")
    within = allowed.get(section)
    if not name or not isinstance(within, Mapping):
        return within is True
    return any(camel_case(key) == camel_case(name) and may is not False for key, may in within.items())

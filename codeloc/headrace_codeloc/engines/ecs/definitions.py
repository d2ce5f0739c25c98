"""Task definitions that Headrace registers: pure functions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import LOCATION, Labels
from headrace_codeloc.engines.ecs.settings import EcsSettings
from headrace_codeloc.engines.ecs.surroundings import CurrentTask

_LEAST = {"cpu": "256", "memory": "512"}
_LONGEST_FAMILY = 200
# What `describe_task_definition` tells and `register_task_definition` does not take.
_TOLD_ONLY = frozenset(
    {"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy"}
)


def task_definition(
    settings: EcsSettings, labels: Labels, current: CurrentTask | None, secrets: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Returns what is registered for workloads with these settings; its family says what is in it.

    Args:
        settings: The settings, with what the workload's layers say.
        labels: The workload's labels.
        current: The task that this process runs in.
        secrets: What becomes variables, beside what the settings say.

    Raises:
        InvalidConfigError: no image is named.
    """
    shape = settings.shape
    taken = _taken_over(settings, current)
    own_image, own_logs = taken.pop("image", ""), taken.pop("logConfiguration", None)
    image = settings.image or own_image
    if not image:
        raise InvalidConfigError(
            "no image is named for the task: set container_image in the location's container_context or server, image of "
            "the launcher, or a task_definition that has one"
        )
    container: dict[str, Any] = {
        "name": settings.container_name,
        "image": image,
        "essential": True,
        "entryPoint": [],
        "secrets": _by_name([*settings.secrets, *secrets]),
        "mountPoints": shape.mount_points,
        "linuxParameters": shape.linux_parameters,
        "healthCheck": shape.health_check,
        "logConfiguration": _logs(settings) or own_logs,
        "repositoryCredentials": {"credentialsParameter": shape.repository_credentials}
        if shape.repository_credentials
        else None,
    }
    resources = settings.resources
    made: dict[str, Any] = {
        **taken,
        "containerDefinitions": [
            {key: value for key, value in container.items() if value or key == "entryPoint"},
            *taken.get("containerDefinitions", []),
            *shape.sidecar_containers,
        ],
        "networkMode": shape.network_mode or taken.get("networkMode") or "awsvpc",
        "requiresCompatibilities": shape.requires_compatibilities
        or taken.get("requiresCompatibilities")
        or ["FARGATE"],
        "executionRoleArn": shape.execution_role_arn or taken.get("executionRoleArn"),
        "taskRoleArn": shape.task_role_arn or taken.get("taskRoleArn"),
        "runtimePlatform": shape.runtime_platform or taken.get("runtimePlatform"),
        "volumes": _by_name([*taken.get("volumes", []), *shape.volumes]),
        "cpu": resources.cpu or taken.get("cpu") or _LEAST["cpu"],
        "memory": resources.memory or taken.get("memory") or _LEAST["memory"],
    }
    made = {key: value for key, value in made.items() if value}
    return {"family": _family(settings, labels, made), **made}


def _taken_over(settings: EcsSettings, current: CurrentTask | None) -> dict[str, Any]:
    if current is None:
        return {}
    taken = {key: value for key, value in current.definition.items() if key not in (*_TOLD_ONLY, "family")}
    own = next(each for each in current.definition["containerDefinitions"] if each["name"] == current.container_name)
    others = [each for each in current.definition["containerDefinitions"] if each["name"] != current.container_name]
    found = {
        **taken,
        "image": own.get("image", ""),
        "containerDefinitions": others if settings.include_sidecars else [],
    }
    if own.get("logConfiguration"):
        found["logConfiguration"] = own["logConfiguration"]
    return found


def _logs(settings: EcsSettings) -> dict[str, Any] | None:
    group = settings.shape.log_group
    if not group:
        return None
    options = {"awslogs-group": group, "awslogs-stream-prefix": settings.task_definition_prefix}
    if settings.region_name:
        options["awslogs-region"] = settings.region_name
    return {"logDriver": "awslogs", "options": options}


def _family(settings: EcsSettings, labels: Labels, made: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:10]
    location = re.sub(r"[^A-Za-z0-9_-]+", "-", labels.get(LOCATION, "")).strip("-")
    return f"{settings.task_definition_prefix}-{location or 'location'}"[:_LONGEST_FAMILY] + f"-{digest}"


def _by_name(things: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return list({each["name"]: dict(each) for each in things}.values())

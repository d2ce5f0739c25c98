"""What a launcher, an executor, code locations and tags may say about ECS tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.settings import EngineSettings

_JSON_TAGS = {"ecs/run_task_kwargs": "run_task_kwargs", "ecs/task_overrides": "task_overrides"}
_RESOURCE_TAGS = ("cpu", "memory", "ephemeral_storage")


class Resources(BaseModel):
    """What a task has, as ECS writes it: `cpu` in units of 1/1024, `memory` in MiB, `ephemeral_storage` in GiB."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    cpu: str | None = None
    memory: str | None = None
    ephemeral_storage: int | None = None


class TaskShape(BaseModel):
    """The task definition to register, as far as it is not that of the task that the launcher runs in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    execution_role_arn: str | None = None
    task_role_arn: str | None = None
    log_group: str | None = None
    sidecar_containers: list[dict[str, Any]] = Field(default_factory=list)
    requires_compatibilities: list[str] = Field(default_factory=list)
    network_mode: str | None = None
    runtime_platform: dict[str, Any] = Field(default_factory=dict)
    mount_points: list[dict[str, Any]] = Field(default_factory=list)
    volumes: list[dict[str, Any]] = Field(default_factory=list)
    repository_credentials: str | None = None
    linux_parameters: dict[str, Any] = Field(default_factory=dict)
    health_check: dict[str, Any] = Field(default_factory=dict)
    env: str | None = None


class EcsSettings(EngineSettings):
    """How workers become tasks; the keys are those of EcsRunLauncher and of `container_context.ecs`.

    Attributes:
        image: The image, where the location names none.
        task_definition: A task definition that exists, by name or ARN, or the shape of one that is registered for a location.
        container_name: The container of it that works.
        secrets: `[{name: …, valueFrom: …}]`.
        secrets_tag: Secrets in Secrets Manager with this tag become variables of all workers.
        env_vars: `NAME=value`, or `NAME` for a variable of this process.
        include_sidecars: Whether containers beside that of the launcher's own task are taken over.
        use_current_ecs_task_config: Whether tasks take after the one that this process runs in, when it runs in one.
        run_task_kwargs: Anything else that `run_task` takes: `cluster`, `launchType`, `networkConfiguration`, …
        propagate_tags: Which tags of a run become tags of its task: `{allow_list: […]}`.
        task_definition_prefix: What names of registered task definitions begin with.
        run_resources: What tasks have.
        cpu: The same, as executors say it.
        memory: The same, as executors say it.
        ephemeral_storage: The same, as executors say it.
        run_ecs_tags: Tags of tasks: `[{key: …, value: …}]`.
        task_overrides: More for `overrides` of `run_task`.
        run_tags: The tags of a run that `propagate_tags` lets through.
        region_name: The region; that of the AWS configuration by default.
        endpoint_url: Another address than AWS's own.
        poll_seconds: How often the ends of tasks are asked for, of all together.
    """

    LAUNCHER_ONLY: ClassVar[frozenset[str]] = frozenset(
        {"use_current_ecs_task_config", "region_name", "endpoint_url", "poll_seconds", "propagate_tags"}
    )

    image: str | None = None
    task_definition: str | TaskShape | None = Field(
        None, validation_alias=AliasChoices("task_definition", "task_definition_arn")
    )
    container_name: str = "run"
    secrets: list[dict[str, str]] = Field(default_factory=list)
    secrets_tag: str | None = None
    env_vars: list[str] = Field(default_factory=list)
    include_sidecars: bool = False
    use_current_ecs_task_config: bool = True
    run_task_kwargs: dict[str, Any] = Field(default_factory=dict)
    propagate_tags: dict[str, list[str]] = Field(default_factory=dict)
    task_definition_prefix: str = "run"
    run_resources: Resources = Resources()
    cpu: int | None = None
    memory: int | None = None
    ephemeral_storage: int | None = None
    run_ecs_tags: list[dict[str, str]] = Field(default_factory=list)
    task_overrides: dict[str, Any] = Field(default_factory=dict)
    run_tags: dict[str, str] = Field(default_factory=dict)
    region_name: str | None = None
    endpoint_url: str | None = None
    poll_seconds: float = Field(2.0, gt=0)
    # What container_context.ecs may say of the task definition, beside the launcher.
    execution_role_arn: str | None = None
    task_role_arn: str | None = None
    runtime_platform: dict[str, Any] = Field(default_factory=dict)
    mount_points: list[dict[str, Any]] = Field(default_factory=list)
    volumes: list[dict[str, Any]] = Field(default_factory=list)
    repository_credentials: str | None = None
    run_sidecar_containers: list[dict[str, Any]] = Field(default_factory=list)
    server_sidecar_containers: list[dict[str, Any]] = Field(default_factory=list)
    server_resources: dict[str, Any] = Field(default_factory=dict)
    server_ecs_tags: list[dict[str, Any]] = Field(default_factory=list)
    secrets_tags: list[str] = Field(default_factory=list)

    @field_validator("secrets", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return (
            [{"name": name, "valueFrom": arn} for name, arn in value.items()] if isinstance(value, Mapping) else value
        )

    @field_validator("secrets")
    @classmethod
    def _in_one_spelling(cls, value: list[dict[str, str]]) -> list[dict[str, str]]:
        return [{("valueFrom" if key == "value_from" else key): each[key] for key in each} for each in value]

    @classmethod
    def layer_of_tags(cls, tags: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns what the tags `ecs/cpu`, `ecs/memory`, `ecs/ephemeral_storage`, `ecs/run_task_kwargs` and others say."""
        said: dict[str, Any] = {
            "run_tags": {name: value for name, value in tags.items() if not name.startswith("ecs/")}
        }
        resources = {name: tags[f"ecs/{name}"] for name in _RESOURCE_TAGS if f"ecs/{name}" in tags}
        if resources:
            said["run_resources"] = resources
        for tag, key in _JSON_TAGS.items():
            if tag in tags:
                said[key] = _json(tag, tags[tag])
        if "ecs/container_overrides" in tags:
            overrides = _json("ecs/container_overrides", tags["ecs/container_overrides"], list)
            said["task_overrides"] = {**said.get("task_overrides", {}), "containerOverrides": overrides}
        return said

    def merged(self, over: EcsSettings) -> EcsSettings:
        """Returns both together; what a task has is merged by its fields."""
        together = super().merged(over)
        resources = self.run_resources.model_copy(update=over.run_resources.model_dump(exclude_unset=True))
        return together.model_copy(update={"run_resources": resources})

    @property
    def resources(self) -> Resources:
        """What tasks have, however it was said."""
        own = {"cpu": self.cpu, "memory": self.memory}
        said: dict[str, Any] = {name: str(value) for name, value in own.items() if value is not None}
        if self.ephemeral_storage is not None:
            said["ephemeral_storage"] = self.ephemeral_storage
        return self.run_resources.model_copy(update=said)

    @property
    def shape(self) -> TaskShape:
        """The shape of a task definition, with what locations say of it."""
        given = self.task_definition if isinstance(self.task_definition, TaskShape) else TaskShape()
        own = {
            "execution_role_arn": self.execution_role_arn,
            "task_role_arn": self.task_role_arn,
            "runtime_platform": self.runtime_platform,
            "repository_credentials": self.repository_credentials,
        }
        return given.model_copy(
            update={
                **{name: value for name, value in own.items() if value},
                "mount_points": [*given.mount_points, *self.mount_points],
                "volumes": [*given.volumes, *self.volumes],
                "sidecar_containers": [*given.sidecar_containers, *self.run_sidecar_containers],
            }
        )


def _json(tag: str, text: str, kind: type = dict) -> Any:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidConfigError(f"tag {tag} is no JSON: {error}") from error
    if not isinstance(found, kind):
        raise InvalidConfigError(f"tag {tag} must be a JSON {'object' if kind is dict else 'array'}")
    return found

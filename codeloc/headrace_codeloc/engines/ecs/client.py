"""Calls to ECS; each blocks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config

from headrace.integrations.env_vars import variables
from headrace_codeloc.engines.base import RUN_ID, Labels, Workload
from headrace_codeloc.engines.ecs.definitions import task_definition
from headrace_codeloc.engines.ecs.ends import WORKLOAD, labels_of, name_of
from headrace_codeloc.engines.ecs.settings import EcsSettings
from headrace_codeloc.engines.ecs.surroundings import CurrentTask, current_task
from headrace_codeloc.engines.ecs.words import is_missing, refusal

_PAGE = 100
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 3})
_LONGEST_TAG = 256


class EcsClient:
    """Starts, stops, finds and describes tasks of one cluster."""

    def __init__(self, settings: EcsSettings) -> None:
        self._settings = settings
        session = boto3.session.Session(region_name=settings.region_name)
        self._session: Any = session
        self._ecs = self._make("ecs")
        self._registering = threading.Lock()
        self._registered: dict[str, str] = {}
        self._current: CurrentTask | None = None
        if settings.use_current_ecs_task_config:
            self._current = current_task(self._ecs, self._make("ec2"))
        found = settings.run_task_kwargs.get("cluster") or (self._current.cluster if self._current else "default")
        self.cluster = str(found)

    def _make(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._settings.endpoint_url, config=_CONFIG)

    def run(self, settings: EcsSettings, workload: Workload) -> None:
        """Has a task started, unless that was done before.

        Raises:
            InvalidConfigError: no image is named, or a variable is not set.
            HopelessWorkloadError: ECS refuses it for good.
            EngineUnavailableError: there is no room now.
        """
        request = {
            **(self._current.run_task if self._current else {}),
            **settings.run_task_kwargs,
            "cluster": self.cluster,
            "taskDefinition": self._definition(settings, workload),
            "count": 1,
            "clientToken": workload.name,
            "startedBy": workload.labels.get(RUN_ID, "headrace")[:128],
            "overrides": _overrides(settings, workload),
            "tags": _tags(settings, workload),
        }
        answer = self._ecs.run_task(**request)
        if not answer.get("tasks"):
            raise refusal(answer.get("failures") or (), self.cluster)

    def close(self) -> None:
        """Closes the connections."""
        self._ecs.close()

    def stop(self, arn: str) -> None:
        """Stops a task; that it is gone is no error."""
        try:
            self._ecs.stop_task(cluster=self.cluster, task=arn, reason="the run is to end")
        except Exception as error:
            if not is_missing(error):
                raise

    def arns(self, selector: Labels, state: str) -> list[str]:
        """Returns the tasks of the cluster in a state that may have these labels."""
        query = {"cluster": self.cluster, "desiredStatus": state, "maxResults": _PAGE}
        if RUN_ID in selector:
            query["startedBy"] = selector[RUN_ID][:128]
        found: list[str] = []
        while True:
            answer = self._ecs.list_tasks(**query)
            found += answer["taskArns"]
            if not answer.get("nextToken"):
                return found
            query["nextToken"] = answer["nextToken"]

    def described(self, arns: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Returns the tasks, as far as they are still known."""
        for first in range(0, len(arns), _PAGE):
            chunk = list(arns[first : first + _PAGE])
            answer = self._ecs.describe_tasks(cluster=self.cluster, tasks=chunk, include=["TAGS"])
            yield from answer["tasks"]

    def _definition(self, settings: EcsSettings, workload: Workload) -> str:
        if isinstance(settings.task_definition, str):
            return settings.task_definition
        made = task_definition(settings, workload.labels, self._current, self._tagged_secrets(settings))
        family = str(made["family"])
        with self._registering:
            if family not in self._registered:
                self._registered[family] = self._found(family) or self._register(made)
            return self._registered[family]

    def _found(self, family: str) -> str:
        try:
            return str(self._ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]["taskDefinitionArn"])
        except Exception as error:
            if is_missing(error):
                return ""
            raise

    def _register(self, made: Mapping[str, Any]) -> str:
        return str(self._ecs.register_task_definition(**made)["taskDefinition"]["taskDefinitionArn"])

    def _tagged_secrets(self, settings: EcsSettings) -> list[dict[str, str]]:
        tags = [*settings.secrets_tags, *([settings.secrets_tag] if settings.secrets_tag else [])]
        if not tags:
            return []
        pages = self._make("secretsmanager").get_paginator("list_secrets")
        found = pages.paginate(Filters=[{"Key": "tag-key", "Values": tags}])
        return [{"name": each["Name"], "valueFrom": each["ARN"]} for page in found for each in page["SecretList"]]


def has(task: Mapping[str, Any], selector: Labels) -> bool:
    """Tells whether a task is a workload with some labels."""
    labels = labels_of(task)
    return bool(name_of(task)) and all(labels.get(name) == value[:_LONGEST_TAG] for name, value in selector.items())


def _overrides(settings: EcsSettings, workload: Workload) -> dict[str, Any]:
    said = dict(settings.task_overrides)
    others = said.pop("containerOverrides", [])
    ours = {**variables(settings.env_vars), **workload.environment, **workload.secrets}
    mine: Mapping[str, Any] = next((each for each in others if each.get("name") == settings.container_name), {})
    given = {each["name"]: each.get("value", "") for each in mine.get("environment", ())}
    container = {
        **mine,
        "name": settings.container_name,
        "command": list(workload.command),
        "environment": [{"name": name, "value": value} for name, value in {**given, **ours}.items()],
    }
    resources = settings.resources
    sizes: dict[str, Any] = {"cpu": resources.cpu, "memory": resources.memory}
    if resources.ephemeral_storage:
        sizes["ephemeralStorage"] = {"sizeInGiB": resources.ephemeral_storage}
    rest = [each for each in others if each.get("name") != settings.container_name]
    return {**{key: value for key, value in sizes.items() if value}, **said, "containerOverrides": [container, *rest]}


def _tags(settings: EcsSettings, workload: Workload) -> list[dict[str, str]]:
    allowed = settings.propagate_tags.get("allow_list", [])
    tags = {
        **{each["key"]: each.get("value", "") for each in settings.run_ecs_tags},
        **{name: value for name, value in settings.run_tags.items() if name in allowed},
        **workload.labels,
        WORKLOAD: workload.name,
    }
    return [{"key": name, "value": value[:_LONGEST_TAG]} for name, value in tags.items()]

"""The task that this process runs in, which the tasks of workers take after."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_METADATA = "ECS_CONTAINER_METADATA_URI_V4"
_SECONDS = 5.0


@dataclass(frozen=True)
class CurrentTask:
    """A running task.

    Attributes:
        cluster: The ARN of its cluster.
        container_name: The container that this process is in.
        definition: Its task definition.
        run_task: What `run_task` is told so that another is placed where it is.
    """

    cluster: str
    container_name: str
    definition: Mapping[str, Any]
    run_task: Mapping[str, Any]


def current_task(ecs: Any, ec2: Any) -> CurrentTask | None:
    """Returns the task that this process runs in; None outside of ECS."""
    uri = os.environ.get(_METADATA)
    if not uri:
        return None
    container, metadata = _get(uri), _get(f"{uri}/task")
    task = ecs.describe_tasks(cluster=metadata["Cluster"], tasks=[metadata["TaskARN"]])["tasks"][0]
    definition = ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    return CurrentTask(task["clusterArn"], container["Name"], definition, _placed_as(task, ec2))


def _placed_as(task: Mapping[str, Any], ec2: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if task.get("capacityProviderName"):
        found["capacityProviderStrategy"] = [{"capacityProvider": task["capacityProviderName"], "weight": 1}]
    elif task.get("launchType"):
        found["launchType"] = task["launchType"]
    details = {
        each["name"]: each["value"]
        for attachment in task.get("attachments") or ()
        if attachment.get("type") == "ElasticNetworkInterface"
        for each in attachment["details"]
    }
    if "networkInterfaceId" in details:
        answer = ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])
        interface = answer["NetworkInterfaces"][0]
        found["networkConfiguration"] = {
            "awsvpcConfiguration": {
                "subnets": [details["subnetId"]],
                "securityGroups": [each["GroupId"] for each in interface["Groups"]],
                "assignPublicIp": "ENABLED" if interface.get("Association", {}).get("PublicIp") else "DISABLED",
            }
        }
    return found


def _get(url: str) -> Any:
    # The address is the task's own, given by ECS.
    with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
        return json.load(answer)

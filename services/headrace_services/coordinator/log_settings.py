"""What workers are told about where output of steps goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.worker.v1.worker_service_pb2 import ComputeLogManagerRef
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.components import ComputeLogs, Custom, LocalComputeLogs


def log_directory(instance: InstanceConfig) -> str:
    """Returns where workers capture it; empty where they choose, or capture none."""
    logs = instance.compute_logs
    if isinstance(logs, UploadedLogs):
        # Where nobody says it, the worker knows best: it may be in a container.
        return str(instance.path(logs.local_dir)) if logs.local_dir else ""
    if isinstance(logs, Custom):
        # What an attempt writes is complete before it is kept elsewhere.
        return str(instance.path(LocalComputeLogs().base_dir))
    return str(instance.path(logs.base_dir)) if isinstance(logs, LocalComputeLogs) else ""


def log_manager(logs: ComputeLogs) -> ComputeLogManagerRef | None:
    """Returns what keeps it elsewhere, secrets included: workers have no other way to them."""
    if isinstance(logs, UploadedLogs):
        made = type(logs)
        return _manager_ref(made.__module__, made.__qualname__, logs.to_config())
    return _manager_ref(logs.module, logs.class_name, logs.config) if isinstance(logs, Custom) else None


def _manager_ref(module: str, class_name: str, config: Mapping[str, Any]) -> ComputeLogManagerRef:
    text = json.dumps(dict(config), default=str)
    return ComputeLogManagerRef(
        module=module, class_name=class_name, config=Payload(media_type="application/json", text=text)
    )

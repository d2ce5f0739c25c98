"""The instance file as people may see it: what each entry comes to, and no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import headrace
from headrace.api.gateway.v1 import deployment_service_pb2 as pb
from headrace_services.kit.config import InstanceConfig, ReportLine, resolve_report

HIDDEN = "••••••"

_SECRET_NAME = re.compile(
    r"pass(word|phrase|wd)?$|secret|token|credential|private|(access|api|account|auth)_?key|sas", re.I
)
# Names of things that are secret, and no secrets themselves.
_HARMLESS_NAME = re.compile(r"_(name|names|env|file|path|class|arn)$|^env$|^secrets_manager", re.I)
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]*(?=@)")

_VERDICTS: Mapping[str, pb.InstanceVerdict.ValueType] = {
    "used": pb.INSTANCE_VERDICT_USED,
    "ignored": pb.INSTANCE_VERDICT_IGNORED,
    "not available": pb.INSTANCE_VERDICT_NOT_AVAILABLE,
    "missing": pb.INSTANCE_VERDICT_MISSING,
}


class InstanceView:
    """What a gateway tells about the instance that it was started with."""

    def __init__(self, instance: InstanceConfig) -> None:
        self._instance = instance
        self._text = instance.file.read_text(errors="replace") if instance.file else ""

    def answer(self) -> pb.GetInstanceResponse:
        """Returns the file without secrets, and what its entries come to."""
        instance = self._instance
        return pb.GetInstanceResponse(
            version=headrace.__version__,
            file_path=str(instance.file or ""),
            file_text=without_secrets(self._text),
            entries=[_entry(line) for line in resolve_report(instance)],
        )

    def limits(self) -> pb.QueueLimits:
        """Returns what limits the runs in progress."""
        queue = self._instance.run_queue
        limits = pb.QueueLimits(default_pool_limit=self._instance.pools.default_limit)
        if queue.max_queued_runs >= 0:
            limits.max_queued_runs = queue.max_queued_runs
        if queue.kind == "immediate":
            return limits
        if queue.max_concurrent_runs >= 0:
            limits.max_concurrent_runs = queue.max_concurrent_runs
        for tag in queue.tag_concurrency_limits:
            limits.tag_limits.add(key=tag.key, value=tag.value or "", per_value=tag.per_value, limit=tag.limit)
        return limits


def without_secrets(text: str) -> str:
    """Returns YAML without its comments, with dots for each value that is a secret or looks like one."""
    import yaml

    data = yaml.safe_load(text) if text else None
    return yaml.safe_dump(_shown(data), sort_keys=False, allow_unicode=True) if data else ""


def _shown(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _shown(each, _inherited(name, str(key))) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown(each, name) for each in value]
    if value is not None and not isinstance(value, bool) and _is_secret(name):
        return HIDDEN
    return _USER_IN_URL.sub(HIDDEN, value) if isinstance(value, str) else value


def _inherited(above: str, name: str) -> str:
    """A mapping below a secret's name holds the secret, unless it names the variable that does."""
    return above if _is_secret(above) and not _HARMLESS_NAME.search(name) else name


def _is_secret(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


def _entry(line: ReportLine) -> pb.InstanceEntry:
    return pb.InstanceEntry(key=line.key, verdict=_VERDICTS[line.verdict], text=_USER_IN_URL.sub(HIDDEN, line.text))

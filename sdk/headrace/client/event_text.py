"""Events in one line of English each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headrace.client.failures import FailureDetail

Detail = Mapping[str, Any]


def describe(kind: str, detail: Detail, failure: FailureDetail | None) -> str:
    """Returns an event in one line; of a kind that is not known here, its name."""
    if failure and failure.message == detail.get("reason"):
        detail = {**detail, "reason": ""}
    text = _TEXTS[kind](detail) if kind in _TEXTS else kind.replace("_", " ")
    return f"{text}: {failure}" if failure else text


def format_seconds(seconds: float) -> str:
    """Returns a duration as people write it: `340 ms`, `2.1 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def _run_state_changed(detail: Detail) -> str:
    reason = f" ({detail['reason']})" if detail["reason"] else ""
    return f"run {detail['state']}{reason}"


def _run_planned(detail: Detail) -> str:
    return _count(len(detail["steps"]), "step") + " planned"


def _took(word: str) -> Callable[[Detail], str]:
    return lambda detail: f"{word} after {format_seconds(detail['duration'])}" if "duration" in detail else word


def _step_retry_scheduled(detail: Detail) -> str:
    return f"failed, will be tried again in {format_seconds(detail.get('delay', 0.0))}"


def _step_skipped(detail: Detail) -> str:
    return f"skipped: {detail['reason']}" if detail["reason"] else "skipped"


def _type_checked(start: str) -> Callable[[Detail], str]:
    def text(detail: Detail) -> str:
        check = detail.get("type_check") or {}
        failed = (
            f", and is no {check.get('type_name', '')}: {check.get('description', '')}" if check.get("failed") else ""
        )
        return start.format(**detail) + failed

    return text


def _input_loaded(detail: Detail) -> str:
    source = detail["upstream_step_key"] or detail.get("asset_key", "")
    return f"input {detail['input_name']} loaded" + (f" from {source}" if source else "")


def _output_stored(detail: Detail) -> str:
    path = detail["metadata"].get("path")
    return f"output {detail['output_name']} stored" + (f" at {path}" if path else f" by {detail['io_manager_key']}")


def _about_asset(word: str) -> Callable[[Detail], str]:
    def text(detail: Detail) -> str:
        partition = f" [{detail['partition_key']}]" if detail["partition_key"] else ""
        return f"{word} {detail.get('asset_key', '')}{partition}"

    return text


def _asset_check_evaluated(detail: Detail) -> str:
    return f"check {detail['check_name']} of {detail.get('asset_key', '')} {'passed' if detail['passed'] else 'failed'}"


def _asset_wiped(detail: Detail) -> str:
    partitions = detail["partition_keys"]
    return f"forgot {detail.get('asset_key', '')}" + (f" [{', '.join(partitions)}]" if partitions else "")


def _resources_started(detail: Detail) -> str:
    return "resources ready: " + ", ".join(detail["resource_keys"])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_TEXTS: dict[str, Callable[[Detail], str]] = {
    "run_state_changed": _run_state_changed,
    "run_planned": _run_planned,
    "step_started": lambda detail: "started" + (f" in {detail['worker']}" if detail["worker"] else ""),
    "step_succeeded": _took("succeeded"),
    "step_failed": _took("failed"),
    "step_retry_scheduled": _step_retry_scheduled,
    "step_skipped": _step_skipped,
    "input_checked": _type_checked("input {input_name} received"),
    "input_loaded": _input_loaded,
    "output_produced": _type_checked("output {output_name} produced"),
    "output_stored": _output_stored,
    "asset_materialized": _about_asset("materialized"),
    "asset_observed": _about_asset("observed"),
    "asset_check_evaluated": _asset_check_evaluated,
    "asset_wiped": _asset_wiped,
    "log_recorded": lambda detail: detail["message"],
    "logs_captured": lambda _: "output is being captured",
    "resources_started": _resources_started,
    "engine_noted": lambda detail: detail["message"],
}

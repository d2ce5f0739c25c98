"""Attempts of steps that are executed apart from their run: what is ordered, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headrace.api.types.v1 import step_pb2 as pb
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_USER_CODE, Failure
from headrace.definitions.assets.key import AssetKey
from headrace.execute.events.event import FailureInfo
from headrace.execute.planning.sources import Handle
from headrace.execute.runner import StepEnd
from headrace.execute.scheduling.delegate import Launch
from headrace.execute.scheduling.retries import RetryAsk
from headrace.wire.asset_keys import from_asset_key, to_asset_key
from headrace.wire.failures import to_failure
from headrace.wire.moments import from_duration, from_timestamp, to_duration, to_timestamp
from headrace.wire.recorded_metadata import from_metadata


def to_step_order(launch: Launch, versions: Mapping[AssetKey, str]) -> pb.StepOrder:
    """Writes what the worker of a step must know; `versions` are those of data that the run has made or seen."""
    return pb.StepOrder(
        missing=[_output(handle) for handle in sorted(launch.missing)],
        mappings=[_mapping(handle, keys) for handle, keys in sorted(launch.mapping_keys.items())],
        data_versions=_versions(versions),
    )


def to_launch(key: str, attempt: int, order: pb.StepOrder) -> Launch:
    """Reads it."""
    return Launch(
        key,
        attempt,
        frozenset((each.step_key, each.output_name) for each in order.missing),
        _mapping_keys(order.mappings),
    )


def to_step_end(end: StepEnd, versions: Mapping[AssetKey, str]) -> pb.StepEnd:
    """Writes how an attempt ended; `versions` are those of data that it made or saw."""
    asked = end.asked
    ask = None
    if asked is not None:
        delay = None if asked.wait_seconds is None else to_duration(asked.wait_seconds)
        ask = pb.StepRetryAsk(max_retries=asked.max_retries, delay=delay)
    return pb.StepEnd(
        finish_time=to_timestamp(end.time),
        duration=to_duration(end.duration),
        output_names=end.outputs,
        mappings=[_mapping((end.key, name), keys) for name, keys in sorted(end.mapping_keys.items())],
        failure=None if end.failure is None else to_failure(end.failure),
        retryable=end.retryable,
        asked_retry=ask,
        interrupted=end.interrupted,
        data_versions=_versions(versions),
    )


def from_step_end(key: str, attempt: int, end: pb.StepEnd) -> StepEnd:
    """Reads it."""
    ask = end.asked_retry
    asked = None
    if end.HasField("asked_retry"):
        asked = RetryAsk(ask.max_retries, from_duration(ask.delay) if ask.HasField("delay") else None)
    return StepEnd(
        key,
        attempt,
        from_timestamp(end.finish_time).timestamp(),
        from_duration(end.duration),
        tuple(end.output_names),
        {name: keys for (_, name), keys in _mapping_keys(end.mappings).items()},
        failure=_failure(end.failure) if end.HasField("failure") else None,
        retryable=end.retryable,
        asked=asked,
        interrupted=end.interrupted,
    )


def data_versions(message: pb.StepOrder | pb.StepEnd) -> dict[AssetKey, str]:
    """Reads the versions of data that an order or an end tells of."""
    return {from_asset_key(each.asset_key): each.data_version for each in message.data_versions}


def _versions(versions: Mapping[AssetKey, str]) -> list[pb.StepDataVersion]:
    return [pb.StepDataVersion(asset_key=to_asset_key(key), data_version=each) for key, each in versions.items()]


def _failure(failure: Failure) -> FailureInfo:
    return FailureInfo(
        type=failure.type,
        message=failure.message,
        stack_trace=failure.stack_trace,
        cause=_failure(failure.cause) if failure.HasField("cause") else None,
        metadata=from_metadata(failure.metadata),
        user_failure=failure.origin == FAILURE_ORIGIN_USER_CODE,
    )


def _output(handle: Handle) -> pb.StepOutput:
    return pb.StepOutput(step_key=handle[0], output_name=handle[1])


def _mapping(handle: Handle, keys: Sequence[str]) -> pb.StepMapping:
    return pb.StepMapping(output=_output(handle), mapping_keys=keys)


def _mapping_keys(mappings: Sequence[pb.StepMapping]) -> Mapping[Handle, Sequence[str]]:
    return {(each.output.step_key, each.output.output_name): tuple(each.mapping_keys) for each in mappings}

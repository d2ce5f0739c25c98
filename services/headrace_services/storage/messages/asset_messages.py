"""Assets between message and row."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.storage.v1.asset_index_service_pb2 import PartitionAttempt
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.asset_pb2 import Asset, AssetCheckState, AssetEvent
from headrace.api.types.v1.event_pb2 import Event
from headrace.errors import InvalidArgumentError
from headrace_services.storage.messages.event_messages import asset_key_message, asset_key_text, event_message
from headrace_services.storage.store.assets import AssetRecord, Attempt, HistoryEntry, Verdict


def asset_message(record: AssetRecord, verdicts: Iterable[Verdict]) -> Asset:
    """Returns an asset as callers see it."""
    return Asset(
        asset_key=asset_key_message(record.asset_key),
        latest_materialization=_event(record.payload, record.sequence),
        materialization_count=record.materialization_count,
        latest_observation=_event(record.seen_payload, record.seen_sequence),
        observation_count=record.observation_count,
        checks=[
            AssetCheckState(
                check_name=each.check_name,
                latest_evaluation=event_message(each.payload, each.sequence),
                number=each.number,
            )
            for each in verdicts
        ],
        latest_materialization_number=record.number or 0,
        latest_observation_number=record.seen_number or 0,
    )


def asset_event_message(entry: HistoryEntry) -> AssetEvent:
    """Returns an entry of the history as callers see it."""
    return AssetEvent(number=entry.number, event=event_message(entry.payload, entry.sequence))


def attempt_message(attempt: Attempt) -> PartitionAttempt:
    """Returns what a run was to make as callers see it."""
    return PartitionAttempt(
        first_partition_key=attempt.first_key,
        last_partition_key=attempt.last_key,
        after_number=attempt.after_number,
        failed=bool(attempt.failed),
        run_id=attempt.run_id,
    )


def _event(payload: bytes | None, sequence: int | None) -> Event | None:
    return None if payload is None or sequence is None else event_message(payload, sequence)


def key_text(field: str, key: AssetKey) -> str:
    """Returns a key that a request must name, as it is stored.

    Raises:
        InvalidArgumentError: it has no parts.
    """
    if not key.path:
        raise InvalidArgumentError(violations={field: "must have at least one part"})
    return asset_key_text(key)

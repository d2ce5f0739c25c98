"""Messages as plain values."""

from __future__ import annotations

from datetime import datetime, timezone

from headrace.api.types.v1 import asset_key_pb2, event_pb2, metadata_pb2, payload_pb2, run_pb2
from headrace.client.events import read_event
from headrace.client.plain import plain

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def test_known_types_become_values() -> None:
    materialized = event_pb2.AssetMaterialized(
        asset_key=asset_key_pb2.AssetKey(path=["raw", "orders"]),
        tags=[metadata_pb2.Tag(key="version", value="3")],
        metadata=[
            metadata_pb2.MetadataEntry(name="rows", int_value=7),
            metadata_pb2.MetadataEntry(name="nothing", null_value=metadata_pb2.NullValue()),
            metadata_pb2.MetadataEntry(
                name="json", json=payload_pb2.Payload(media_type="application/json", text="[1]")
            ),
            metadata_pb2.MetadataEntry(name="newer"),
        ],
    )
    materialized.metadata.add(name="when").timestamp.FromDatetime(MOMENT)
    assert plain(materialized) == {
        "asset_key": "raw/orders",
        "partition_key": "",
        "metadata": {"rows": 7, "nothing": None, "json": [1], "newer": None, "when": MOMENT},
        "description": "",
        "tags": {"version": "3"},
    }


def test_enums_become_words_and_unknown_numbers_stay_visible() -> None:
    assert plain(event_pb2.LogRecorded(level=event_pb2.LOG_LEVEL_WARNING))["level"] == "warning"
    assert plain(event_pb2.LogRecorded(level=99))["level"] == "unknown_99"  # type: ignore[arg-type]


def test_an_event_tells_itself_in_one_line() -> None:
    event = event_pb2.Event(run_id="r", sequence=3, step_key="s", attempt=2)
    event.event_time.FromDatetime(MOMENT)
    event.step_failed.duration.FromMilliseconds(1500)
    event.step_failed.failure.type, event.step_failed.failure.message = "ValueError", "no"
    found = read_event(event)
    assert (found.kind, found.time, found.message) == ("step_failed", MOMENT, "failed after 1.5 s: ValueError: no")
    assert found.failure is not None
    assert found.failure.type == "ValueError"


def test_a_reason_that_is_the_failure_is_told_once() -> None:
    lost = event_pb2.Event(
        run_state_changed=event_pb2.RunStateChanged(state=run_pb2.RUN_STATE_FAILED, reason="it died")
    )
    lost.run_state_changed.failure.type, lost.run_state_changed.failure.message = "WORKER_LOST", "it died"
    assert read_event(lost).message == "run failed: WORKER_LOST: it died"


def test_what_only_says_while_doing_what_is_told_with_its_cause() -> None:
    event = event_pb2.Event(step_key="s")
    failure = event.step_failed.failure
    failure.type, failure.message = "LoadInputError", "While loading input 'x':"
    failure.cause.type, failure.cause.message = "OSError", "gone"
    assert read_event(event).message.endswith("While loading input 'x': OSError: gone")


def test_an_event_of_a_kind_that_is_not_known_is_no_error() -> None:
    newer = event_pb2.Event(run_id="r", sequence=1)
    newer.MergeFromString(bytes([0xFA, 0x0F, 0x02, 0x08, 0x01]))
    assert read_event(newer).kind == "unknown"


def test_the_state_of_a_run_is_a_word() -> None:
    event = event_pb2.Event(run_state_changed=event_pb2.RunStateChanged(state=run_pb2.RUN_STATE_CANCELED))
    assert read_event(event).detail["state"] == "canceled"

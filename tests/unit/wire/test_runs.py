"""Runs and payloads: what a worker is given becomes what the engine executes."""

from __future__ import annotations

import math

import pytest

from headrace.api.types.v1.asset_key_pb2 import AssetKey as AssetKeyMessage
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.run_pb2 import Run
from headrace.config.env_var import EnvVar
from headrace.definitions.assets.key import AssetKey
from headrace.errors import InvalidArgumentError
from headrace.wire.moments import from_duration, from_timestamp, to_duration, to_timestamp
from headrace.wire.payloads import from_json_payload, to_json_payload
from headrace.wire.runs import to_run_spec


def test_what_is_not_said_is_none() -> None:
    spec = to_run_spec(Run(run_id="run-1", job_name="a_job"))
    assert (spec.run_id, spec.job_name, spec.attempt, dict(spec.run_config), dict(spec.tags)) == (
        "run-1",
        "a_job",
        1,
        {},
        {},
    )
    selections = (spec.op_selection, spec.asset_selection, spec.step_keys)
    assert selections == (None, None, None)
    assert (spec.parent_run_id, spec.root_run_id, spec.partition_key) == (None, None, None)


def test_what_is_said_arrives() -> None:
    run = Run(
        run_id="run-2",
        job_name="a_job",
        attempt=3,
        run_config=to_json_payload({"ops": {"load": {"config": {"rows": 3}}}}),
        tags=[Tag(key="team", value="data")],
        op_selection=["*load"],
        asset_selection=[AssetKeyMessage(path=["a", "b"])],
        step_keys=["load"],
        parent_run_id="run-1",
        root_run_id="run-0",
        partition_key="2024-01-01",
    )
    spec = to_run_spec(run)
    assert spec.run_config == {"ops": {"load": {"config": {"rows": 3}}}}
    assert spec.tags == {"team": "data"}
    assert (spec.op_selection, spec.asset_selection, spec.step_keys) == (["*load"], [AssetKey(["a", "b"])], ["load"])
    assert (spec.parent_run_id, spec.root_run_id, spec.partition_key) == ("run-1", "run-0", "2024-01-01")
    assert spec.attempt == 3


@pytest.mark.parametrize(
    "payload",
    [
        Payload(media_type="application/json", text="{"),
        Payload(media_type="application/json", text="[1]"),
        Payload(media_type="application/x-python-pickle", data=b"\x80"),
    ],
)
def test_config_that_is_no_json_object_is_refused_by_its_field(payload: Payload) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        to_run_spec(Run(run_config=payload))
    assert list(caught.value.violations) == ["run_config"]


def test_config_may_be_bytes_or_text() -> None:
    for payload in (Payload(media_type="application/json", data=b'{"a": 1}'), Payload(text='{"a": 1}')):
        assert from_json_payload(payload) == {"a": 1}
    assert from_json_payload(Payload()) is None


def test_an_environment_variable_travels_as_its_name() -> None:
    assert to_json_payload({"password": EnvVar("PASSWORD")}).text == '{"password":{"env":"PASSWORD"}}'


def test_equal_values_have_equal_payloads() -> None:
    assert to_json_payload({"b": 1, "a": {3, 1}}) == to_json_payload({"a": {1, 3}, "b": 1})


def test_a_payload_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="run_config has"):
        to_json_payload("x" * 300_000, "run_config")


@pytest.mark.parametrize("seconds", [0.0, 0.000001, 1_700_000_000.123456, 4_102_444_799.999999])
def test_moments_keep_their_microseconds(seconds: float) -> None:
    assert math.isclose(from_timestamp(to_timestamp(seconds)).timestamp(), seconds, abs_tol=1e-6)


def test_spans_are_never_negative() -> None:
    assert from_duration(to_duration(1.25)) == 1.25
    assert from_duration(to_duration(-1.0)) == 0.0

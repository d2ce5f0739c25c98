from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import InvalidArgumentError
from headrace_services.coordinator.locations import Entry, Snapshot
from headrace_services.coordinator.runs.completing import complete
from headrace_services.coordinator.runs.identity import run_id_of
from headrace_services.coordinator.runs.planning import needs_plan
from headrace_services.coordinator.runs.tags import tags_of
from headrace_services.coordinator.runs.targets import Target


def target(**job: object) -> Target:
    definition = JobDefinition(name="sums", **job)  # type: ignore[arg-type]
    snapshot = Snapshot("d", "d", "", (), 1, {"sums": definition}, "", frozenset())
    return Target(Entry("here", "127.0.0.1:1"), snapshot, definition)


def tags(**values: str) -> list[Tag]:
    return [Tag(key=key.replace("__", "/"), value=value) for key, value in values.items()]


def test_a_request_id_gives_the_same_run_id_every_time() -> None:
    request_id = str(uuid.uuid4())
    assert run_id_of(request_id, Run()) == request_id
    assert run_id_of("not-a-uuid", Run()) == run_id_of("not-a-uuid", Run())
    assert uuid.UUID(run_id_of("not-a-uuid", Run()))
    assert run_id_of(request_id, Run(run_id="chosen")) == "chosen"


def test_tags_of_the_job_are_added_and_those_of_the_request_win() -> None:
    run = complete(Run(tags=tags(b="mine", c="3")), "id", target(tags=tags(a="1", b="theirs")))
    assert [(tag.key, tag.value) for tag in run.tags] == [("a", "1"), ("b", "mine"), ("c", "3")]
    assert (run.run_id, run.root_run_id, run.location_name, run.job_name) == ("id", "id", "here", "sums")


@pytest.mark.parametrize("key", ["headrace__priority", "dagster__priority"])
def test_the_priority_comes_from_its_tag(key: str) -> None:
    assert complete(Run(tags=tags(**{key: "-7"})), "id", target()).priority == -7


@pytest.mark.parametrize("value", ["high", "1.5", str(2**31)])
def test_a_priority_that_is_no_whole_number_is_refused_with_its_tag(value: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        complete(Run(tags=tags(headrace__priority=value)), "id", target())
    assert "whole number" in caught.value.violations["tags.headrace/priority"]


def test_configuration_must_be_json_of_a_bounded_size() -> None:
    with pytest.raises(InvalidArgumentError, match="application/json"):
        complete(Run(run_config=Payload(media_type="text/yaml", text="a: 1")), "id", target())
    with pytest.raises(InvalidArgumentError, match="at most 262144 fit"):
        complete(Run(run_config=Payload(media_type="application/json", data=b" " * 300_000)), "id", target())


@pytest.mark.parametrize("bad", [tags(**{"": "x"}), tags(long="x" * 5000), tags(**{f"t{n}": "" for n in range(501)})])
def test_tags_are_bounded(bad: list[Tag]) -> None:
    with pytest.raises(InvalidArgumentError):
        complete(Run(tags=bad), "id", target())


def test_only_what_the_location_must_judge_is_planned() -> None:
    assert not needs_plan(Run(), target())
    assert needs_plan(Run(), target(config_required=True))
    assert needs_plan(Run(run_config=Payload(media_type="application/json", text="{}")), target())
    assert needs_plan(Run(asset_selection=[AssetKey(path=["a"])]), target())
    assert needs_plan(Run(op_selection=["*x"]), target())
    assert needs_plan(Run(step_keys=["x"]), target())
    assert needs_plan(Run(partition_key="x"), target())
    assert needs_plan(Run(tags=tags(**{"headrace/asset_partition_range_start": "x"})), target())


@pytest.mark.parametrize("has_partitions", [True, False])
def test_all_assets_of_a_location_are_planned_if_some_have_partitions(has_partitions: bool) -> None:
    job = target()
    snapshot = replace(job.snapshot, asset_job="sums", has_partitions=has_partitions)
    assert needs_plan(Run(), replace(job, snapshot=snapshot)) is has_partitions


def test_a_run_of_a_partition_has_its_tag() -> None:
    made = complete(Run(partition_key="2024"), "id", target())
    assert tags_of(made.tags)["headrace/partition"] == "2024"
    assert "headrace/partition" not in tags_of(complete(Run(), "id", target()).tags)

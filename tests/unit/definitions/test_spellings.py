"""What Headrace writes into tags and metadata is found under the spelling that older code asks for."""

from __future__ import annotations

import copy
import pickle

import pytest

import headrace as dg
from headrace.definitions.spellings import BothSpellings


@pytest.mark.parametrize(
    "tags", [t := BothSpellings({"headrace/partition": "a", "mine": "b"}), copy.copy(t), pickle.loads(pickle.dumps(t))]
)
def test_both_spellings_find_what_is_there_once(tags: BothSpellings[str]) -> None:
    assert (tags["dagster/partition"], tags["headrace/partition"]) == ("a", "a")
    assert (tags.get("dagster/partition"), tags.get("dagster/other"), tags.get("x", "y")) == ("a", None, "y")
    assert "dagster/partition" in tags
    assert "dagster/other" not in tags
    assert dict(tags) == {"headrace/partition": "a", "mine": "b"} == tags
    with pytest.raises(KeyError, match="dagster/other"):
        tags["dagster/other"]


def test_what_was_given_under_the_older_spelling_stays_as_it_is() -> None:
    tags = BothSpellings({"dagster/priority": "3"})
    assert tags["dagster/priority"] == "3"
    assert "headrace/priority" not in tags


def test_runs_and_events_have_such_tags() -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]), code_version="v5")
    def versioned(context: dg.AssetExecutionContext) -> dg.Output[str]:
        return dg.Output(context.run.tags["dagster/partition"], data_version=dg.DataVersion("20"))

    result = dg.materialize_to_memory([versioned], partition_key="a")
    tags = result.asset_materializations_for_node("versioned")[0].tags
    assert (tags["dagster/data_version"], tags["dagster/code_version"]) == ("20", "v5")
    assert result.output_for_node("versioned") == result.dagster_run.tags["dagster/partition"] == "a"

"""Partition mappings in the contract: whoever reads one needs no Python to follow it."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace.wire.assets import to_asset
from headrace.wire.partition_mappings import from_partition_mapping, to_partition_mapping

MAPPINGS = [
    dg.IdentityPartitionMapping(),
    dg.AllPartitionMapping(),
    dg.LastPartitionMapping(),
    dg.TimeWindowPartitionMapping(start_offset=-3, end_offset=-1, allow_nonexistent_upstream_partitions=True),
    dg.SpecificPartitionsPartitionMapping(["a", "b"]),
    dg.StaticPartitionMapping({"a": ["x", "y"], "b": "x"}),
    dg.MultiToSingleDimensionPartitionMapping("day"),
    dg.MultiToSingleDimensionPartitionMapping(),
    dg.MultiPartitionMapping(
        {
            "day": dg.DimensionPartitionMapping("date", dg.TimeWindowPartitionMapping(start_offset=-1)),
            "region": dg.DimensionPartitionMapping("region", dg.IdentityPartitionMapping()),
        }
    ),
]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: type(mapping).__name__)
def test_a_mapping_is_read_as_it_was_written(mapping: dg.PartitionMapping) -> None:
    message = to_partition_mapping(mapping)
    assert message is not None
    again = to_partition_mapping(from_partition_mapping(message))
    assert again == message
    if not isinstance(mapping, dg.StaticPartitionMapping):
        assert from_partition_mapping(message) == mapping


def test_a_mapping_that_is_code_says_so() -> None:
    class EveryOther(dg.IdentityPartitionMapping):
        """Reads every other partition."""

    message = to_partition_mapping(EveryOther())
    assert message is not None and message.code.description == "Reads every other partition."
    with pytest.raises(dg.InvalidDefinitionError, match="code that only its location has"):
        from_partition_mapping(message)


def test_dependencies_say_which_partitions_they_read() -> None:
    days = dg.DailyPartitionsDefinition("2024-01-01")
    yesterday = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @dg.asset(partitions_def=days, deps=["plain", dg.AssetDep("orders", partition_mapping=yesterday)])
    def report() -> None: ...

    orders, plain = to_asset(report.key, report).dependencies
    assert orders.partition_mapping.time_window.start_offset == -1
    assert not plain.HasField("partition_mapping")

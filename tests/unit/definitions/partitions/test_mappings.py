"""Which partitions are made from which."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace import AssetDep, AssetSpec, multi_asset
from headrace.definitions.partitions.calendar import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from headrace.definitions.partitions.identity_mapping import IdentityPartitionMapping
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.static_mapping import StaticPartitionMapping
from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
from headrace.definitions.partitions.whole_mappings import (
    AllPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
)
from headrace.errors import InvalidDefinitionError

NOW = datetime(2024, 2, 1, tzinfo=timezone.utc)
DAYS = DailyPartitionsDefinition("2024-01-01")
HOURS = HourlyPartitionsDefinition("2024-01-01-00:00")
WEEKS = WeeklyPartitionsDefinition("2024-01-01")
COLORS = StaticPartitionsDefinition(["red", "green", "blue"])


def upstream(mapping: Any, key: str, downstream: Any, above: Any) -> Any:
    subset = downstream.subset_with_partition_keys([key])
    return mapping.get_upstream_mapped_partitions_result_for_partitions(subset, downstream, above, NOW)


def keys_above(mapping: Any, key: str, downstream: Any, above: Any) -> list[str]:
    return list(upstream(mapping, key, downstream, above).partitions_subset.get_partition_keys())


def test_a_day_is_made_from_its_hours_and_an_hour_from_its_day() -> None:
    mapping = TimeWindowPartitionMapping()
    hours = keys_above(mapping, "2024-01-02", DAYS, HOURS)
    assert (hours[0], hours[-1], len(hours)) == ("2024-01-02-00:00", "2024-01-02-23:00", 24)
    assert keys_above(mapping, "2024-01-02-07:00", HOURS, DAYS) == ["2024-01-02"]


def test_offsets_reach_into_the_past_and_stop_at_the_first_partition() -> None:
    before = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
    assert keys_above(before, "2024-01-05", DAYS, DAYS) == ["2024-01-04"]
    first = upstream(before, "2024-01-01", DAYS, DAYS)
    assert first.partitions_subset.is_empty
    assert first.required_but_nonexistent_partition_keys == []
    assert keys_above(TimeWindowPartitionMapping(start_offset=-2), "2024-01-02", DAYS, DAYS) == [
        "2024-01-01",
        "2024-01-02",
    ]


def test_windows_that_there_are_not_are_named_unless_they_may_be_missing() -> None:
    late = DailyPartitionsDefinition("2024-01-10")
    assert upstream(TimeWindowPartitionMapping(), "2024-01-05", DAYS, late).required_but_nonexistent_partition_keys == [
        "2024-01-05"
    ]
    early = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")
    for key, missing in (("2024-01-03", []), ("2024-01-04", ["2024-01-04"])):
        result = upstream(TimeWindowPartitionMapping(), key, DAYS, early)
        assert result.required_but_nonexistent_partition_keys == missing
    lenient = TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
    result = upstream(lenient, "2024-01-05", DAYS, late)
    assert (len(result.partitions_subset), result.required_but_nonexistent_partition_keys) == (0, [])


def test_all_last_and_specific_are_the_same_for_every_partition() -> None:
    assert len(keys_above(AllPartitionMapping(), "red", COLORS, DAYS)) == 31
    assert keys_above(LastPartitionMapping(), "red", COLORS, DAYS) == ["2024-01-31"]
    specific = SpecificPartitionsPartitionMapping(["green"])
    assert keys_above(specific, "2024-01-02", DAYS, COLORS) == ["green"]
    greens = COLORS.subset_with_partition_keys(["green"])
    assert len(specific.get_downstream_partitions_for_partitions(greens, COLORS, DAYS, NOW)) == 31
    reds = COLORS.subset_with_partition_keys(["red"])
    assert specific.get_downstream_partitions_for_partitions(reds, COLORS, DAYS, NOW).is_empty


def test_a_table_relates_static_partitions() -> None:
    shades = StaticPartitionsDefinition(["warm", "cold"])
    table = StaticPartitionMapping({"red": "warm", "green": {"warm", "cold"}, "blue": "cold"})
    table.validate_partition_mapping(COLORS, shades)
    assert keys_above(table, "cold", shades, COLORS) == ["green", "blue"]
    with pytest.raises(InvalidDefinitionError, match="'grey' downstream"):
        StaticPartitionMapping({"red": "grey"}).validate_partition_mapping(COLORS, shades)


def test_dimensions_are_related_one_by_one() -> None:
    one = MultiPartitionsDefinition({"day": DAYS, "color": COLORS})
    other = MultiPartitionsDefinition({"day": DAYS, "shade": StaticPartitionsDefinition(["warm"])})
    mapping = MultiPartitionMapping(
        {
            "day": DimensionPartitionMapping("day", TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)),
            "color": DimensionPartitionMapping("shade", StaticPartitionMapping({"red": "warm"})),
        }
    )
    mapping.validate_partition_mapping(one, other)
    assert keys_above(mapping, "2024-01-02|warm", other, one) == ["red|2024-01-01"]
    with pytest.raises(InvalidDefinitionError, match="not in the upstream partitions def: 'size'"):
        MultiPartitionMapping(
            {"size": DimensionPartitionMapping("day", AllPartitionMapping())}
        ).validate_partition_mapping(one, other)


def test_one_dimension_is_related_to_all_of_the_other() -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "color": COLORS})
    mapping = MultiToSingleDimensionPartitionMapping()
    assert keys_above(mapping, "2024-01-02", DAYS, both) == ["blue|2024-01-02", "green|2024-01-02", "red|2024-01-02"]
    assert keys_above(mapping, "red|2024-01-02", both, DAYS) == ["2024-01-02"]


def test_what_fits_is_inferred() -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "color": COLORS})
    assert infer_partition_mapping(None, None, DAYS) == AllPartitionMapping()
    assert infer_partition_mapping(None, DAYS, HOURS) == TimeWindowPartitionMapping()
    assert infer_partition_mapping(None, COLORS, COLORS) == IdentityPartitionMapping()
    assert infer_partition_mapping(None, DAYS, both) == MultiToSingleDimensionPartitionMapping()
    assert infer_partition_mapping(LastPartitionMapping(), DAYS, HOURS) == LastPartitionMapping()


@settings(deadline=None, max_examples=50)
@given(
    definitions=st.permutations([DAYS, HOURS, WEEKS]),
    start=st.integers(0, 200),
    length=st.integers(1, 40),
    offsets=st.tuples(st.integers(-3, 0), st.integers(0, 2)),
)
def test_down_and_up_again_contains_where_it_began(
    definitions: list[Any], start: int, length: int, offsets: tuple[int, int]
) -> None:
    above, below, _ = definitions
    mapping = TimeWindowPartitionMapping(*offsets, allow_nonexistent_upstream_partitions=True)
    count = above.get_num_partitions(NOW)
    first = above.subset_with_all_partitions(NOW).spans[0][0] + start % count
    chosen = type(above.empty_subset())(above, [(first, min(count, first + length))])
    made = mapping.get_downstream_partitions_for_partitions(chosen, above, below, NOW)
    for key in made:
        single = below.subset_with_partition_keys([key])
        needed = mapping.get_upstream_mapped_partitions_result_for_partitions(single, below, above, NOW)
        assert not (needed.partitions_subset & chosen).is_empty


@settings(deadline=None, max_examples=50)
@given(first=st.integers(0, 20), length=st.integers(1, 8), offset=st.integers(-3, 2))
def test_what_a_range_is_made_from_is_what_its_parts_are_made_from(first: int, length: int, offset: int) -> None:
    mapping = TimeWindowPartitionMapping(start_offset=min(offset, 0), end_offset=offset)
    whole = DAYS.subset_with_partition_keys(DAYS.key_at(number) for number in range(first, first + length))
    parts = HOURS.empty_subset()
    for key in whole:
        parts = parts | upstream(mapping, key, DAYS, HOURS).partitions_subset
    result = mapping.get_upstream_mapped_partitions_result_for_partitions(whole, DAYS, HOURS, NOW)
    assert set(parts) <= set(result.partitions_subset)


def test_assets_that_are_made_together_read_the_same_partitions() -> None:
    def yesterday(days: int) -> AssetDep:
        mapping = TimeWindowPartitionMapping(start_offset=-days, end_offset=-days)
        return AssetDep("orders", partition_mapping=mapping)

    specs = [AssetSpec("a", deps=[yesterday(1)]), AssetSpec("b", deps=[yesterday(2)])]
    with pytest.raises(InvalidDefinitionError, match="Two different PartitionMappings for 'orders'"):

        @multi_asset(specs=specs, partitions_def=DAYS)
        def together() -> None: ...

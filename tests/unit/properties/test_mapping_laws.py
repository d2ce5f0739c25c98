"""Laws of partition mappings: what is made from what, told from above and from below, is one relation."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import headrace as dg
from headrace.wire.partition_mappings import from_partition_mapping, to_partition_mapping
from headrace.wire.partitions import from_partitions, to_partitions

NOW = datetime(2024, 3, 1, tzinfo=timezone.utc)
LETTERS = dg.StaticPartitionsDefinition(list("abcdef"))
COLORS = dg.StaticPartitionsDefinition(["red", "green", "blue"])
DAYS = dg.DailyPartitionsDefinition("2024-02-01", end_date="2024-02-20")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Adelaide", "Asia/Kathmandu"]

tables = st.dictionaries(
    st.sampled_from(LETTERS.get_partition_keys()),
    st.frozensets(st.sampled_from(COLORS.get_partition_keys()), min_size=1),
    min_size=1,
)
letters = st.frozensets(st.sampled_from(LETTERS.get_partition_keys()))
offsets = st.integers(-3, 3)


def above(mapping: Any, keys: Any, downstream: Any, upstream: Any) -> set[str]:
    """What these keys are made from."""
    subset = downstream.subset_with_partition_keys(keys)
    return set(
        mapping.get_upstream_mapped_partitions_result_for_partitions(
            subset, downstream, upstream, NOW
        ).partitions_subset
    )


def below(mapping: Any, keys: Any, upstream: Any, downstream: Any) -> set[str]:
    """What is made from these keys."""
    subset = upstream.subset_with_partition_keys(keys)
    return set(mapping.get_downstream_partitions_for_partitions(subset, upstream, downstream, NOW))


@st.composite
def mapped(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """A mapping, and the partitions upstream and downstream of it."""
    kind = draw(st.sampled_from(["identity", "static", "windows", "all", "multi"]))
    if kind == "identity":
        return dg.IdentityPartitionMapping(), LETTERS, LETTERS
    if kind == "static":
        return dg.StaticPartitionMapping(draw(tables)), LETTERS, COLORS
    if kind == "all":
        return dg.AllPartitionMapping(), COLORS, LETTERS
    low, high = sorted((draw(offsets), draw(offsets)))
    windows = dg.TimeWindowPartitionMapping(low, high, allow_nonexistent_upstream_partitions=True)
    if kind == "windows":
        return windows, DAYS, DAYS
    two = dg.MultiPartitionsDefinition({"color": COLORS, "day": DAYS})
    dimensions = {
        "color": dg.DimensionPartitionMapping("color", dg.IdentityPartitionMapping()),
        "day": dg.DimensionPartitionMapping("day", windows),
    }
    return dg.MultiPartitionMapping(dimensions), two, two


def some_of(data: st.DataObject, partitions_def: Any) -> list[str]:
    keys = list(partitions_def.get_partition_keys(NOW))
    return data.draw(st.lists(st.sampled_from(keys), unique=True, max_size=6))


@settings(deadline=None, max_examples=60)
@given(mapped(), st.data())
def test_above_and_below_are_one_relation(case: tuple[Any, Any, Any], data: st.DataObject) -> None:
    mapping, upstream, downstream = case
    for key in some_of(data, downstream)[:2]:
        for source in above(mapping, [key], downstream, upstream):
            assert key in below(mapping, [source], upstream, downstream)
    for source in some_of(data, upstream)[:2]:
        for key in below(mapping, [source], upstream, downstream):
            assert source in above(mapping, [key], downstream, upstream)


@settings(deadline=None, max_examples=60)
@given(mapped(), st.data())
def test_what_many_are_made_from_is_what_each_is_made_from(case: tuple[Any, Any, Any], data: st.DataObject) -> None:
    mapping, upstream, downstream = case
    keys = some_of(data, downstream)
    if keys:
        each = [above(mapping, [key], downstream, upstream) for key in keys]
        assert above(mapping, keys, downstream, upstream) == set().union(*each)


@settings(deadline=None, max_examples=60)
@given(mapped(), st.data())
def test_more_above_makes_no_less_below(case: tuple[Any, Any, Any], data: st.DataObject) -> None:
    mapping, upstream, downstream = case
    some, more = some_of(data, upstream), some_of(data, upstream)
    assert below(mapping, some, upstream, downstream) <= below(mapping, {*some, *more}, upstream, downstream)


@settings(deadline=None, max_examples=60)
@given(mapped(), st.data())
def test_a_mapping_does_the_same_on_the_other_side_of_the_contract(
    case: tuple[Any, Any, Any], data: st.DataObject
) -> None:
    mapping, upstream, downstream = case
    message, sets = to_partition_mapping(mapping), (to_partitions(upstream), to_partitions(downstream))
    assert message is not None and sets[0] is not None and sets[1] is not None
    there, (far_up, far_down) = from_partition_mapping(message), map(from_partitions, sets)  # type: ignore[arg-type]
    keys = some_of(data, downstream)
    assert above(there, keys, far_down, far_up) == above(mapping, keys, downstream, upstream)


@settings(deadline=None, max_examples=60)
@given(
    zone=st.sampled_from(ZONES),
    minutes=st.sampled_from(["0 * * * *", "30 */2 * * *", "15 1 * * *", "0 0 * * 1", "45 2 1 * *"]),
    year=st.integers(2015, 2030),
    end_offset=st.integers(-2, 2),
)
def test_windows_have_the_same_keys_on_the_other_side_of_the_contract(
    zone: str, minutes: str, year: int, end_offset: int
) -> None:
    windows = dg.TimeWindowPartitionsDefinition(
        start=datetime(year, 1, 1),
        fmt="%Y-%m-%d-%H:%M",
        timezone=zone,
        cron_schedule=minutes,
        end=datetime(year, 12, 31),
        end_offset=end_offset,
    )
    message = to_partitions(windows)
    assert message is not None
    there, later = from_partitions(message), datetime(2031, 1, 1, tzinfo=timezone.utc)
    assert there == windows
    assert there.get_num_partitions(later) == windows.get_num_partitions(later)
    assert there.get_last_partition_key(later) == windows.get_last_partition_key(later)


@settings(deadline=None, max_examples=15)
@given(zone=st.sampled_from(ZONES), year=st.integers(2015, 2030), cron=st.sampled_from(["0 * * * *", "*/30 * * * *"]))
def test_keys_are_unique_whatever_clocks_do(zone: str, year: int, cron: str) -> None:
    windows = dg.TimeWindowPartitionsDefinition(
        start=datetime(year, 1, 1),
        fmt="%Y-%m-%d-%H:%M",
        timezone=zone,
        cron_schedule=cron,
        end=datetime(year + 1, 1, 1),
    )
    keys = windows.get_partition_keys(datetime(2040, 1, 1, tzinfo=timezone.utc))
    assert len(set(keys)) == len(keys) == windows.get_num_partitions(datetime(2040, 1, 1, tzinfo=timezone.utc))

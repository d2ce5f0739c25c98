"""Laws that subsets of partitions obey, compared with plain sets."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.definitions.partitions.calendar import DailyPartitionsDefinition
from headrace.definitions.partitions.loading_context import PartitionLoadingContext
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition

KEYS = [f"k{number:02}" for number in range(24)]
STATIC = StaticPartitionsDefinition(KEYS)
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-25")
MULTI = MultiPartitionsDefinition(
    {"a": StaticPartitionsDefinition(KEYS[:4]), "b": StaticPartitionsDefinition(KEYS[4:10])}
)

sets = st.sampled_from([STATIC, DAYS, MULTI])


@st.composite
def subsets(draw: st.DrawFn, count: int) -> tuple[Any, ...]:
    """A set of partitions, and some subsets of it."""
    partitions_def = draw(sets)
    keys = st.frozensets(st.sampled_from(sorted(partitions_def.get_partition_keys())))
    return partitions_def, *(partitions_def.subset_with_partition_keys(draw(keys)) for _ in range(count))


@settings(deadline=None, max_examples=50)
@given(subsets(2))
def test_union_is_that_of_the_keys(case: Any) -> None:
    _, a, b = case
    assert set(a | b) == set(a) | set(b)


@settings(deadline=None, max_examples=50)
@given(subsets(2))
def test_intersection_is_that_of_the_keys(case: Any) -> None:
    _, a, b = case
    assert set(a & b) == set(a) & set(b)


@settings(deadline=None, max_examples=50)
@given(subsets(2))
def test_difference_is_that_of_the_keys(case: Any) -> None:
    _, a, b = case
    assert set(a - b) == set(a) - set(b)


@settings(deadline=None, max_examples=50)
@given(subsets(2))
def test_union_and_intersection_commute(case: Any) -> None:
    _, a, b = case
    assert (a | b, a & b) == (b | a, b & a)


@settings(deadline=None, max_examples=50)
@given(subsets(3))
def test_intersection_distributes_over_union(case: Any) -> None:
    _, a, b, c = case
    assert a & (b | c) == (a & b) | (a & c)


@settings(deadline=None, max_examples=50)
@given(subsets(2))
def test_de_morgan(case: Any) -> None:
    partitions_def, a, b = case
    everything = partitions_def.subset_with_all_partitions()
    assert everything - (a | b) == (everything - a) & (everything - b)


@settings(deadline=None, max_examples=50)
@given(subsets(2))
def test_sizes_add_up(case: Any) -> None:
    _, a, b = case
    assert len(a | b) + len(a & b) == len(a) + len(b)
    assert len(a - b) + len(a & b) == len(a)


@settings(deadline=None, max_examples=50)
@given(subsets(1))
def test_membership_is_that_of_the_keys(case: Any) -> None:
    partitions_def, a = case
    assert [key for key in partitions_def.get_partition_keys() if key in a] == sorted(
        a, key=partitions_def.get_partition_keys().index
    )
    assert "nothing" not in a


@settings(deadline=None, max_examples=50)
@given(subsets(1))
def test_ranges_make_the_same_subset_again(case: Any) -> None:
    partitions_def, a = case
    again = partitions_def.empty_subset()
    for each in a.get_partition_key_ranges():
        again = again | partitions_def.subset_with_range(each)
    assert again == a


@settings(deadline=None, max_examples=50)
@given(subsets(1))
def test_adding_what_is_there_changes_nothing(case: Any) -> None:
    partitions_def, a = case
    assert a.with_partition_keys(list(a)) == a == a | partitions_def.empty_subset()
    assert (a - a).is_empty
    assert a - a <= a <= partitions_def.subset_with_all_partitions()


def test_a_range_of_a_million_partitions_is_one_span() -> None:
    from headrace.definitions.partitions.calendar import HourlyPartitionsDefinition

    hours = HourlyPartitionsDefinition("1900-01-01-00:00", end_date="2020-01-01-00:00")
    everything = hours.subset_with_all_partitions()
    assert len(everything) > 1_000_000
    assert len(everything.spans) == 1
    assert "1955-01-01-00:00" in everything


@settings(deadline=None, max_examples=50)
@given(partitions_def=sets, limit=st.integers(1, 9), ascending=st.booleans())
def test_pages_hold_every_key_once_and_in_order(partitions_def: Any, limit: int, ascending: bool) -> None:
    found, cursor, more = [], None, True
    while more:
        page = partitions_def.get_paginated_partition_keys(
            PartitionLoadingContext(), limit=limit, ascending=ascending, cursor=cursor
        )
        found += page.results
        cursor, more = page.cursor, page.has_more
    assert found == list(partitions_def.get_partition_keys())[:: 1 if ascending else -1]

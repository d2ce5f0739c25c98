"""A subset that was stored is read again, in the form of today and in those of before; what is none is refused."""

from __future__ import annotations

import pytest

from headrace.definitions.partitions.calendar import DailyPartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.errors import InvalidInvocationError

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
COLORS = StaticPartitionsDefinition(["red", "green", "blue"])
JANUARY_2, JANUARY_4 = 1704153600, 1704326400


@pytest.mark.parametrize("keys", [[], ["2024-01-02"], ["2024-01-02", "2024-01-03", "2024-01-20"]])
def test_windows_are_read_as_they_were_written(keys: list[str]) -> None:
    stored = DAYS.subset_with_partition_keys(keys).serialize()
    assert list(DAYS.deserialize_subset(stored).get_partition_keys()) == keys


@pytest.mark.parametrize("keys", [[], ["red"], ["red", "blue"]])
def test_keys_are_read_as_they_were_written(keys: list[str]) -> None:
    stored = COLORS.subset_with_partition_keys(keys).serialize()
    assert set(COLORS.deserialize_subset(stored).get_partition_keys()) == set(keys)


@pytest.mark.parametrize(
    "stored",
    [
        f"[[{JANUARY_2}, {JANUARY_4}]]",
        f'{{"time_windows": [[{JANUARY_2}, {JANUARY_4}]]}}',
        '["2024-01-02", "2024-01-03"]',
    ],
)
def test_what_older_code_has_stored_is_read(stored: str) -> None:
    assert list(DAYS.deserialize_subset(stored).get_partition_keys()) == ["2024-01-02", "2024-01-03"]


@pytest.mark.parametrize("stored", ["nonsense", '"text"', "7", '{"version": 2, "subset": []}'])
def test_what_is_no_subset_is_refused(stored: str) -> None:
    with pytest.raises(InvalidInvocationError, match="is no stored subset of partitions"):
        COLORS.deserialize_subset(stored)


def test_windows_are_no_subset_of_what_has_none() -> None:
    with pytest.raises(InvalidInvocationError, match="A subset of windows of time does not fit"):
        COLORS.deserialize_subset(f"[[{JANUARY_2}, {JANUARY_4}]]")

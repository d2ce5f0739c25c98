"""Static, dynamic and two-dimensional partitions."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import pytest

from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.partitions.calendar import DailyPartitionsDefinition
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.multi_key import MultiPartitionKey
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    UnknownPartitionError,
)

COLORS = StaticPartitionsDefinition(["red", "green", "blue"])
SIZES = StaticPartitionsDefinition(["s", "m"])


class Kept:
    def __init__(self, **keys: Sequence[str]) -> None:
        self._keys = keys

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        return self._keys[partitions_def_name]

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partition_key in self._keys[partitions_def_name]


def test_what_is_no_set_of_partitions_is_refused_on_an_asset() -> None:
    with pytest.raises(InvalidDefinitionError, match="which is no PartitionsDefinition"):
        AssetSpec("a", partitions_def=["red"])  # type: ignore[arg-type]


def test_static_keys_keep_their_order() -> None:
    assert COLORS.get_partition_keys() == ["red", "green", "blue"]
    assert (COLORS.get_first_partition_key(), COLORS.get_last_partition_key()) == ("red", "blue")
    assert COLORS.get_partition_keys_in_range(PartitionKeyRange("green", "blue")) == ["green", "blue"]


@pytest.mark.parametrize("keys", [["a", "a"], ["a...b"], ["a\n"], [1], "abc"])
def test_static_keys_that_cannot_be_told_apart_or_written_are_refused(keys: object) -> None:
    with pytest.raises(InvalidDefinitionError):
        StaticPartitionsDefinition(keys)  # type: ignore[arg-type]


def test_an_unknown_key_gets_the_keys_that_there_are() -> None:
    with pytest.raises(UnknownPartitionError, match="'red', 'green', 'blue'"):
        COLORS.validate_partition_key("pink")
    with pytest.raises(InvalidInvocationError, match="no partition 'pink'"):
        COLORS.get_partition_keys_in_range(PartitionKeyRange("red", "pink"))


def test_dynamic_keys_come_from_a_store_or_a_function() -> None:
    fish = DynamicPartitionsDefinition(name="fish")
    store = Kept(fish=["cod", "eel", "ray"])
    assert fish.get_partition_keys(dynamic_partitions_store=store) == ["cod", "eel", "ray"]
    assert fish.has_partition_key("eel", dynamic_partitions_store=store)
    assert fish.get_partition_keys_in_range(PartitionKeyRange("cod", "eel"), store) == ["cod", "eel"]
    assert DynamicPartitionsDefinition(lambda _: ["x"]).get_partition_keys() == ["x"]
    with pytest.raises(InvariantViolationError, match="dynamic_partitions_store"):
        fish.get_partition_keys()
    assert fish.build_add_request(["tuna"]).partitions_def_name == "fish"


def test_two_dimensions_are_ordered_by_their_names() -> None:
    both = MultiPartitionsDefinition({"size": SIZES, "color": COLORS})
    assert both.partition_dimension_names == ["color", "size"]
    assert both.get_partition_keys()[:3] == ["red|s", "red|m", "green|s"]
    assert both.get_num_partitions() == 6
    assert both.has_partition_key("blue|m")
    assert not both.has_partition_key("m|blue")
    key = MultiPartitionKey({"size": "m", "color": "blue"})
    assert key == "blue|m"
    assert pickle.loads(pickle.dumps(key)).keys_by_dimension == {"color": "blue", "size": "m"}
    assert both.get_tags_for_partition_key(key) == {
        "headrace/partition": "blue|m",
        "headrace/partition/color": "blue",
        "headrace/partition/size": "m",
    }
    in_range = both.get_partition_keys_in_range(PartitionKeyRange("red|s", "green|s"))
    assert in_range == ["red|s", "green|s"]
    assert both.get_multipartition_keys_with_dimension_value("size", "m") == ["red|m", "green|m", "blue|m"]


def test_the_time_of_two_dimensions_is_that_of_the_one_that_has_one() -> None:
    both = MultiPartitionsDefinition({"day": DailyPartitionsDefinition("2024-01-01"), "color": COLORS})
    assert both.time_window_for_partition_key("red|2024-01-02").start.day == 2
    with pytest.raises(UnknownPartitionError, match="'color' has no 'pink'"):
        both.validate_partition_key("pink|2024-01-02")


def test_other_numbers_of_dimensions_and_keys_with_the_separator_are_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="2 dimensions, but got 1"):
        MultiPartitionsDefinition({"color": COLORS})
    with pytest.raises(InvalidDefinitionError, match="separate dimensions"):
        MultiPartitionsDefinition({"color": COLORS, "bad": StaticPartitionsDefinition(["a|b"])})


def test_a_subset_in_two_dimensions_is_told_as_rectangles() -> None:
    days = DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
    both = MultiPartitionsDefinition({"color": StaticPartitionsDefinition(["red", "blue", "green"]), "day": days})
    keys = [f"{color}|2024-01-{day:02}" for color in ("red", "blue") for day in range(3, 13)]
    subset = both.subset_with_partition_keys([*keys, "green|2024-01-03"])
    assert subset.get_partition_key_ranges() == [
        ("red|2024-01-03", "blue|2024-01-12"),
        ("green|2024-01-03", "green|2024-01-03"),
    ]


def test_a_set_of_ones_own_needs_no_more_than_its_keys() -> None:
    class Vowels(PartitionsDefinition):
        def get_partition_keys(self, current_time: object = None, dynamic_partitions_store: object = None) -> list[str]:
            return list("aeiou")

    vowels = Vowels()
    assert (vowels.get_num_partitions(), vowels.has_partition_key("e"), vowels.has_partition_key("x")) == (
        5,
        True,
        False,
    )
    assert vowels.get_partition_keys_in_range(PartitionKeyRange("e", "o")) == ["e", "i", "o"]
    some = vowels.subset_with_range(PartitionKeyRange("a", "e"))
    assert (vowels.subset_with_all_partitions() - some).get_partition_keys() == ["i", "o", "u"]

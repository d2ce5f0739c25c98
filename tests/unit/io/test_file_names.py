"""Any key has a file name of its own that every file system takes."""

from __future__ import annotations

import pytest

from headrace.io.file_names import file_name

KEYS = [
    "generate_numbers",
    "graph.step[x]",
    "a/b",
    "a%2Fb",
    "..",
    ".",
    "%2E",
    "é" * 150,
    "é" * 151,
    "n" * 200,
    "n" * 201,
    "n" * 5000,
    "n" * 5000 + "m",
]


def test_plain_keys_stay_as_they_are() -> None:
    assert [file_name(key) for key in KEYS[:2]] == KEYS[:2]


@pytest.mark.parametrize("key", KEYS)
def test_it_is_one_name_that_fits(key: str) -> None:
    name = file_name(key)
    assert "/" not in name
    assert name not in (".", "..")
    assert len(name.encode()) <= 200


def test_different_keys_have_different_names() -> None:
    assert len({file_name(key) for key in KEYS}) == len(KEYS)

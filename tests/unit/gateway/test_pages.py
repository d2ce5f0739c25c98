"""Pages that the gateway puts together itself."""

from __future__ import annotations

import pytest

from headrace.errors import CursorMismatchError
from headrace_services.gateway.pages import Key, page_of, size_of

KEYS: list[Key] = sorted((str(number), "name") for number in range(25))


def all_pages(keys: list[Key], size: int) -> list[Key]:
    found: list[Key] = []
    token = ""
    while True:
        page, token = page_of(keys, ("filter",), size, token)
        found += page
        if not token:
            return found


@pytest.mark.parametrize("size", [1, 7, 25, 100])
def test_pages_together_are_the_list(size: int) -> None:
    assert all_pages(KEYS, size) == KEYS


def test_what_is_added_between_two_pages_neither_repeats_nor_hides_others() -> None:
    first, token = page_of(KEYS, (), 10, "")
    more = sorted([*KEYS, ("0", "added before"), ("9", "zz added after")])
    rest, _ = page_of(more, (), 100, token)
    assert set(first).isdisjoint(rest)
    assert set(KEYS) <= {*first, *rest}


@pytest.mark.parametrize("token", ["x", "AAAA", "eyJhIjogMX0", "WzEsICJhYmMiXQ"])
def test_a_token_that_no_list_made_is_refused(token: str) -> None:
    with pytest.raises(CursorMismatchError):
        page_of(KEYS, (), 10, token)


def test_a_token_of_another_filter_is_refused() -> None:
    _, token = page_of(KEYS, ("one",), 10, "")
    with pytest.raises(CursorMismatchError, match="another list or filter"):
        page_of(KEYS, ("other",), 10, token)


def test_a_size_is_kept_within_its_limits() -> None:
    assert [size_of(asked, 100, 1000) for asked in (0, -5, 7, 5000)] == [100, 100, 7, 1000]

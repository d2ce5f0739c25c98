from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.api.storage.v1.event_log_service_pb2 import EventFilter
from headrace.api.storage.v1.run_store_service_pb2 import RunFilter
from headrace.errors import CursorMismatchError
from headrace_services.storage import cursors

FILTER = cursors.filter_hash("runs", RunFilter(job_name="a"))


@given(st.integers(0, 2**63), st.text())
def test_a_cursor_says_where_it_was(number: int, name: str) -> None:
    cursor = cursors.encode(FILTER, number, name)
    assert cursors.decode(cursor, FILTER, int, str) == (number, name)
    assert cursor.isascii()
    assert not set(cursor) & set("+/= ")


@given(st.text())
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorMismatchError):
        cursors.decode(text, FILTER, int)


def test_a_cursor_of_another_list_or_filter_is_refused() -> None:
    cursor = cursors.encode(FILTER, 1)
    others = (
        cursors.filter_hash("runs", RunFilter(job_name="b")),
        cursors.filter_hash("ticks", RunFilter(job_name="a")),
        cursors.filter_hash("runs", EventFilter(run_id="a")),
    )
    for other in others:
        with pytest.raises(CursorMismatchError):
            cursors.decode(cursor, other, int)


def test_a_cursor_with_other_parts_is_refused() -> None:
    with pytest.raises(CursorMismatchError):
        cursors.decode(cursors.encode(FILTER, "1"), FILTER, int)
    with pytest.raises(CursorMismatchError):
        cursors.decode(cursors.encode(FILTER, 1, 2), FILTER, int)


def test_filters_that_differ_only_in_where_a_name_ends_are_told_apart() -> None:
    assert cursors.filter_hash("instigators", "ab", "c") != cursors.filter_hash("instigators", "a", "bc")

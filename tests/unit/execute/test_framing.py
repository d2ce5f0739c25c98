"""Frames arrive whole, however the bytes are cut."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from headrace.execute.runners.framing import Decoder, encode, read_available


@given(st.lists(st.binary() | st.text() | st.integers(), max_size=6), st.integers(1, 40))
def test_values_survive_any_cut_of_the_stream(values: list[object], piece: int) -> None:
    stream = b"".join(encode(value) for value in values)
    decoder = Decoder()
    pieces = [stream[at : at + piece] for at in range(0, len(stream), piece)]
    assert [value for part in pieces for value in decoder.feed(part)] == values


def test_reading_tells_nothing_yet_from_the_end() -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    try:
        assert read_available(reader) is None
        os.write(writer, b"x")
        assert read_available(reader) == b"x"
    finally:
        os.close(writer)
    assert read_available(reader) == b""
    os.close(reader)

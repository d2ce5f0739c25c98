"""Hearing from code whose standard error is all that comes back: that of containers, wherever they run."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from headrace.pipes.injectors import Params
from headrace.pipes.protocol import parse_message
from headrace.pipes.readers import PipesMessageReader, TakesMessages

_MESSAGE = '{"__dagster_pipes_version"'
"""How the guest library begins a message."""


def whole_lines(pieces: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yields the lines of several streams, as they become whole.

    Args:
        pieces: Each with the stream that it is of: it may end in the middle of a line, which one of another stream follows.
    """
    begun: dict[str, bytes] = {}
    for stream, piece in pieces:
        *whole, begun[stream] = (begun.get(stream, b"") + piece).split(b"\n")
        yield from whole
    yield from filter(None, begun.values())


class PipesStreamMessageReader(PipesMessageReader):
    """Takes messages out of what the other side prints; whatever else it prints becomes part of the step's log."""

    def __init__(self) -> None:
        self._handler: TakesMessages | None = None

    @contextmanager
    def read_messages(self, handler: TakesMessages) -> Iterator[Params]:
        """See `PipesMessageReader`."""
        self._handler = handler
        try:
            yield {"stdio": "stderr"}
        finally:
            self._handler = None

    def consume(self, pieces: Iterable[tuple[str, bytes]]) -> None:
        """Reads until there is nothing more.

        Args:
            pieces: Each with the stream that it is of; see `whole_lines`.
        """
        for line in whole_lines(pieces):
            self._take(line)

    def _take(self, line: bytes) -> None:
        assert self._handler is not None, "read inside of a session"
        text = line.decode(errors="replace")
        before, message = "", parse_message(text)
        if message is None and _MESSAGE in text:
            # Where the streams of a container come as one, a message may follow what another stream has not finished.
            before, begins, rest = text.partition(_MESSAGE)
            message = parse_message(begins + rest)
        if message is None:
            sys.stdout.write(f"{text}\n")
        else:
            sys.stdout.write(before)
            self._handler.handle_message(message)

    def no_messages_debug_text(self) -> str:
        """See `PipesMessageReader`."""
        return "Messages were expected among what it prints on its standard error."

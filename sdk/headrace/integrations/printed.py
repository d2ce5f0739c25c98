"""What containers print becomes part of the output of the step that waits for them."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from headrace.pipes.stream_reader import whole_lines


def print_lines(pieces: Iterable[tuple[str, bytes]]) -> None:
    """Prints lines as they come.

    Args:
        pieces: Each with the stream that it is of; see `whole_lines`.
    """
    for line in whole_lines(pieces):
        sys.stdout.write(f"{line.decode(errors='replace')}\n")
        sys.stdout.flush()

"""The debugger of a step, whose process may not read from the terminal otherwise."""

from __future__ import annotations

import sys
from pdb import Pdb
from types import FrameType
from typing import Any


class TerminalPdb(Pdb):
    """Reads commands from the terminal, wherever standard input leads: a step may be a child of the run's process."""

    def interaction(self, frame: FrameType | None, traceback: Any) -> None:
        """Talks to the user."""
        stdin = sys.stdin
        with open("/dev/stdin") as terminal:
            sys.stdin = terminal
            try:
                super().interaction(frame, traceback)
            finally:
                sys.stdin = stdin

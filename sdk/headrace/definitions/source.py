"""Where in the user's files a definition was written, for messages that name both places."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

_PACKAGE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class SourceLocation(NamedTuple):
    """A file and a line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


UNKNOWN_SOURCE = SourceLocation("<unknown>", 0)


def source_of(function: Callable[..., Any]) -> SourceLocation:
    """Where a function was written."""
    code = getattr(function, "__code__", None)
    if code is None:
        return calling_source()
    return SourceLocation(code.co_filename, code.co_firstlineno)


def calling_source() -> SourceLocation:
    """The innermost line on the stack that is not Headrace's own."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE_DIR):
        if frame.f_back is None:
            return UNKNOWN_SOURCE
        frame = frame.f_back
    return SourceLocation(frame.f_code.co_filename, frame.f_lineno)

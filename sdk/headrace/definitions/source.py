"""Where in the user's files a definition was written, for messages that name both places."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import CodeType
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


def _is_own(code: CodeType) -> bool:
    """Whether it is Headrace's, or the `__init__` that a dataclass of it was given."""
    return code.co_filename.startswith(_PACKAGE_DIR) or (code.co_filename == "<string>" and code.co_name == "__init__")


def calling_source() -> SourceLocation:
    """The innermost line on the stack that is not Headrace's own."""
    frame = sys._getframe(1)
    while frame is not None and _is_own(frame.f_code):
        if frame.f_back is None:
            return UNKNOWN_SOURCE
        frame = frame.f_back
    return SourceLocation(frame.f_code.co_filename, frame.f_lineno)

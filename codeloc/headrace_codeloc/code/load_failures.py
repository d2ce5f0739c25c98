"""Why the user's code did not load, with the file and line to look at."""

from __future__ import annotations

import os
import sysconfig
import traceback

import headrace
import headrace_codeloc
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.errors import HeadraceError
from headrace.execute.events import FailureInfo
from headrace.execute.failures import failure_info
from headrace.wire.failures import to_failure
from headrace_codeloc.options import CodeSource

_OWN = tuple(os.path.abspath(path) + os.sep for package in (headrace, headrace_codeloc) for path in package.__path__)
_LIBRARIES = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def describe_load_failure(error: BaseException, source: CodeSource) -> Failure:
    """Returns the error with the innermost place in the user's own code."""
    file, line = place_of(error)
    if not file and source.python_file and not isinstance(error, OSError):
        file = source.python_file
    return to_failure(_info(error), file=file, line=line)


def _info(error: BaseException) -> FailureInfo:
    info = failure_info(error)
    if isinstance(error, SystemExit):
        message = f"The code ended the interpreter while it was imported: sys.exit({error.code!r})."
        return FailureInfo("SystemExit", message, info.stack_trace, user_failure=True)
    if isinstance(error, SyntaxError):
        stack = "".join(traceback.format_exception_only(type(error), error))
        return FailureInfo(type(error).__name__, error.msg, stack, user_failure=True)
    return info


def place_of(error: BaseException) -> tuple[str, int]:
    """Returns file and line of the innermost place in the user's own code; empty if there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 0
    frames = [
        (frame.filename, frame.lineno or 0)
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.isabs(frame.filename) and not frame.filename.startswith(_OWN)
    ]
    own = [place for place in frames if not place[0].startswith(_LIBRARIES)]
    if own or frames:
        return (own or frames)[-1]
    return _place_of_definition(error)


def _place_of_definition(error: BaseException) -> tuple[str, int]:
    """Where the definition was written that an error found later is about."""
    source = getattr(error, "source", None) if isinstance(error, HeadraceError) else None
    return (source.file, source.line) if source is not None else ("", 0)


def place_in_stack_dump(dump: str) -> tuple[str, int]:
    """Returns the innermost place in the user's own code that a dump of `faulthandler` shows, innermost first."""
    places = []
    for line in dump.splitlines():
        _, quote, rest = line.partition('File "')
        file, quote, rest = rest.rpartition('", line ') if quote else ("", "", "")
        number = rest.split(" ", 1)[0]
        if quote and number.isdecimal() and not file.startswith((*_OWN, "<")):
            places.append((file, int(number)))
    own = [place for place in places if not place[0].startswith(_LIBRARIES)]
    return next(iter(own or places), ("", 0))

"""Why the user's code did not load, with the file and line to look at."""

from __future__ import annotations

import os
import sysconfig
import traceback

import headrace
import headrace_codeloc
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.errors import InvalidDefinitionError
from headrace.execute.events.event import FailureInfo
from headrace.execute.events.failures import failure_info
from headrace.wire.failures import to_failure
from headrace_codeloc.options import CodeSource

_OWN = tuple(os.path.abspath(path) + os.sep for package in (headrace, headrace_codeloc) for path in package.__path__)
_STANDARD = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})
_INSTALLED = tuple({sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib")})
_LIBRARIES = _STANDARD + _INSTALLED


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
    if own:
        return own[-1]
    if isinstance(error, InvalidDefinitionError) and error.source is not None:
        return error.source
    # The user's code may itself be an installed package; what only the standard library did is not theirs.
    installed = [place for place in frames if place[0].startswith(_INSTALLED)]
    return installed[-1] if installed else ("", 0)


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

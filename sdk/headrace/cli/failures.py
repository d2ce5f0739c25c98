"""Errors as a command line tells them: a sentence, the place, the remedy, and an exit status."""

from __future__ import annotations

import os
import re
import sys
import traceback

from headrace.cli import exit_codes
from headrace.errors import HeadraceError, InvalidArgumentError, UnavailableError

DEBUG_VARIABLE = "HEADRACE_DEBUG"

_EXIT_CODES = {
    "NOT_FOUND": exit_codes.NOT_FOUND,
    "UNAVAILABLE": exit_codes.UNREACHABLE,
    "DEADLINE_EXCEEDED": exit_codes.UNREACHABLE,
    "CANCELLED": exit_codes.UNREACHABLE,
    "UNAUTHENTICATED": exit_codes.DENIED,
    "PERMISSION_DENIED": exit_codes.DENIED,
    "INTERNAL": exit_codes.BUG,
}
# What gRPC says before the reason: true, and of no use to whoever typed a command.
_TRANSPORT = re.compile(r"failed to connect to all addresses; last error: .*: ")


def exit_code_of(error: BaseException) -> int:
    """Returns the exit status that an error stands for."""
    if isinstance(error, KeyboardInterrupt):
        return exit_codes.INTERRUPTED
    if isinstance(error, HeadraceError):
        return _EXIT_CODES.get(error.code, exit_codes.REFUSED)
    if isinstance(error, (ValueError, OSError)):
        return exit_codes.USAGE
    return exit_codes.BUG


def report(error: BaseException) -> int:
    """Tells an error on standard error and returns the exit status."""
    code = exit_code_of(error)
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error, file=sys.stderr)
    for line in _lines(error, code):
        print(line, file=sys.stderr)
    return code


def _lines(error: BaseException, code: int) -> list[str]:
    text = _TRANSPORT.sub("", str(error)) or type(error).__name__
    lines = [f"error: {text}"]
    if isinstance(error, InvalidArgumentError):
        lines += [f"  {field}: {what}" for field, what in error.violations.items() if what not in text]
    if type(error) is UnavailableError:
        lines.append("  Is `headrace dev` running? Another address is named with --target or HEADRACE_TARGET.")
    if code == exit_codes.BUG:
        lines[0] = f"error: {type(error).__name__}: {text}"
        lines.append(f"  This is a bug of Headrace; {DEBUG_VARIABLE}=1 shows where.")
    return lines

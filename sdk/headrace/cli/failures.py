"""Errors as a command line tells them: a sentence, the place, the remedy, and an exit status; JSON for programs."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

import click

from headrace.cli import exit_codes
from headrace.errors import HeadraceError, InvalidArgumentError, NotAnsweringError

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


def exit_code_of(error: BaseException) -> int:
    """Returns the exit status that an error stands for."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return exit_codes.INTERRUPTED
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, HeadraceError):
        return _EXIT_CODES.get(error.code, exit_codes.REFUSED)
    if isinstance(error, (ValueError, OSError)):
        return exit_codes.USAGE
    return exit_codes.BUG


def report(error: BaseException, *, json_output: bool = False) -> int:
    """Tells an error on standard error and returns the exit status."""
    code = exit_code_of(error)
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error, file=sys.stderr)
    if json_output:
        print(json.dumps({"error": _document(error)}, ensure_ascii=False), file=sys.stderr)
    elif isinstance(error, click.ClickException):
        error.show()
    else:
        print(*_lines(error, code), sep="\n", file=sys.stderr)
    return code


def _document(error: BaseException) -> dict[str, Any]:
    found: dict[str, Any] = {"code": "UNKNOWN", "reason": type(error).__name__, "message": _text(error)}
    if isinstance(error, HeadraceError):
        found |= {"code": error.code, "reason": error.reason, "metadata": error.metadata}
    if isinstance(error, InvalidArgumentError):
        found["violations"] = error.violations
    return found


def _text(error: BaseException) -> str:
    if exit_code_of(error) == exit_codes.INTERRUPTED:
        return "interrupted"
    return error.format_message() if isinstance(error, click.ClickException) else str(error) or type(error).__name__


def _lines(error: BaseException, code: int) -> list[str]:
    text = _text(error)
    if code == exit_codes.INTERRUPTED:
        return [text]
    lines = [f"error: {text}"]
    if isinstance(error, InvalidArgumentError):
        lines += [f"  {field}: {what}" for field, what in error.violations.items() if what not in text]
    if isinstance(error, NotAnsweringError):
        lines.append("  Is `headrace dev` running? Another address is named with --target or HEADRACE_TARGET.")
    if code == exit_codes.BUG:
        lines[0] = f"error: {type(error).__name__}: {text}"
        lines.append(f"  This is a bug of Headrace; {DEBUG_VARIABLE}=1 shows where.")
    return lines

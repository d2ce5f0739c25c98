"""Turning a process that has loaded the user's code into a worker."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from headrace.errors import HeadraceError, LeaseLostError
from headrace.processes.name import name_process
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.exit_codes import EXIT_CRASHED, EXIT_REFUSED, EXIT_UNREACHABLE


def become_worker(role: str, what: str, carry_out: Callable[[], int], log_path: str = "") -> int:
    """Carries out an order in this process; returns the exit code to end it with.

    Args:
        role: What the process is called.
        what: What was ordered, for messages.
        carry_out: Claims it, carries it out and returns the exit code. Once it is claimed, only bugs are raised.
        log_path: Where the process writes what is not part of a step; its streams are left alone when empty.
    """
    name_process(role)
    try:
        _detach(log_path)
        return carry_out()
    except LeaseLostError as error:
        sys.stderr.write(f"{what} belongs to another worker, or is over: {error}\n")
        return EXIT_REFUSED
    except (HeadraceError, UnreachableError) as error:
        sys.stderr.write(f"{what} could not be claimed: {error}\n")
        return EXIT_UNREACHABLE
    except Exception:
        traceback.print_exc()
        return EXIT_CRASHED


def _detach(log_path: str) -> None:
    """Leaves the host's session, so that nothing said to the host's group concerns the worker, and its streams."""
    try:
        os.setsid()
    except PermissionError:
        pass  # a member of the pool leads its own session already
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    if not log_path:
        return
    os.makedirs(os.path.dirname(log_path), exist_ok=True)
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for fd, stream in ((1, sys.stdout), (2, sys.stderr)):
        os.dup2(log, fd)
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True)
    os.close(log)

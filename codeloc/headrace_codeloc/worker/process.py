"""Turning a process that has loaded the user's code into a worker."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

from headrace.process_name import name_process
from headrace_codeloc.worker.exit_codes import EXIT_REFUSED
from headrace_codeloc.worker.order import StepWorkerOrder, WorkerOrder
from headrace_codeloc.worker.session import EXIT_DONE, Session
from headrace_codeloc.worker.step_session import StepSession

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation

EXIT_CRASHED = 1


def become_worker(order: WorkerOrder, location: LoadedLocation, *, tells_refusal: bool = False) -> int:
    """Executes an order in this process; returns the exit code to end it with.

    Args:
        order: The order.
        location: The user's code.
        tells_refusal: Whether an order that is refused ends with `EXIT_REFUSED` instead of 0, for who may start it twice.
    """
    name_process("worker")
    try:
        _detach(order.log_path)
        code = Session(order, location).run()
        return EXIT_DONE if code == EXIT_REFUSED and not tells_refusal else code
    except Exception:
        traceback.print_exc()
        return EXIT_CRASHED


def become_step_worker(order: StepWorkerOrder, location: LoadedLocation) -> int:
    """Executes one attempt of a step in this process; returns the exit code to end it with."""
    name_process("step")
    try:
        _detach("")
        return StepSession(order, location).run()
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

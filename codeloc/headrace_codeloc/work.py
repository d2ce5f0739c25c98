"""`headrace codeloc work`: one worker in a process, container or pod of its own, without a location's server."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from headrace_codeloc.code.loader import enter_working_directory, load_location
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.container_init import leave_first_place
from headrace_codeloc.engines.orders import WORK
from headrace_codeloc.options import CodeSource, add_source, add_tls, source_of, tls_of
from headrace_codeloc.worker.exit_codes import EXIT_NO_CODE
from headrace_codeloc.worker.order import StepWorkerOrder, WorkerOrder
from headrace_codeloc.worker.process import become_worker

_OF_RUN = ("RUN_ID", "LAUNCH_TOKEN", "COORDINATOR")
_OF_STEP = ("RUN_ID", "RUN_TOKEN", "COORDINATOR", "EPOCH", "JOB", "STEP_KEY", "ATTEMPT")


def work(argv: Sequence[str]) -> int:
    """Executes what the environment orders, a run or one attempt of a step; returns the exit code.

    The code is what the command line names. The order comes in variables, because a command line can be read by everybody
    on a machine.
    """
    leave_first_place()
    given = _parser().parse_args(argv)
    missing = [f"{WORK}{name}" for name in (_OF_STEP if _said("STEP_KEY") else _OF_RUN) if not _said(name)]
    if missing:
        sys.stderr.write(f"headrace codeloc work: the environment lacks {', '.join(missing)}\n")
        return 2
    order = _step_order(given) if _said("STEP_KEY") else _run_order(given)
    # Not for user code, nor for the processes that it starts.
    for name in [name for name in os.environ if name.startswith(WORK)]:
        del os.environ[name]
    return _execute(order, source_of(given))


def _run_order(given: argparse.Namespace) -> WorkerOrder:
    return WorkerOrder(
        worker_id=_said("ID") or _said("RUN_ID"),
        run_id=_said("RUN_ID"),
        launch_token=_said("LAUNCH_TOKEN"),
        coordinator_address=_said("COORDINATOR"),
        job_name=_said("JOB"),
        claim_timeout=given.claim_timeout,
        tls=tls_of(given),
        fails_with_run=bool(_said("FAILS_WITH_RUN")),
    )


def _step_order(given: argparse.Namespace) -> StepWorkerOrder:
    return StepWorkerOrder(
        run_id=_said("RUN_ID"),
        epoch=int(_said("EPOCH")),
        run_token=_said("RUN_TOKEN"),
        step_key=_said("STEP_KEY"),
        attempt=int(_said("ATTEMPT")),
        coordinator_address=_said("COORDINATOR"),
        job_name=_said("JOB"),
        claim_timeout=given.claim_timeout,
        tls=tls_of(given),
    )


def _execute(order: WorkerOrder | StepWorkerOrder, source: CodeSource) -> int:
    role, carry_out = _worker_of(order)
    # All of ours is imported, and stays: collections need not look through it. What user code makes may be garbage.
    gc.freeze()
    gc.enable()
    try:
        enter_working_directory(source)
        location = load_location(source)
    except Exception:
        # Nothing is claimed: whoever has ordered it finds out by the exit code.
        traceback.print_exc()
        return EXIT_NO_CODE
    return become_worker(role, order.what, lambda: carry_out(location))


def _worker_of(order: WorkerOrder | StepWorkerOrder) -> tuple[str, Callable[[LoadedLocation], int]]:
    """Returns what the process is called, and what it does; the container's start waits for each import, so only one."""
    if isinstance(order, StepWorkerOrder):
        from headrace_codeloc.worker.step_session import StepSession

        return "step", lambda location: StepSession(order, location).run()
    from headrace_codeloc.worker.session import Session

    return "worker", lambda location: Session(order, location).run()


def _said(name: str) -> str:
    return os.environ.get(f"{WORK}{name}", "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("headrace codeloc work", description="Execute one run or step that was ordered.")
    add_source(parser)
    parser.add_argument("--claim-timeout", type=float, default=30.0, help="seconds to try to claim what was ordered")
    add_tls(parser)
    return parser

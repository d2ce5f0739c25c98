"""`headrace codeloc work`: one worker in a process, container or pod of its own, without a location's server."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from headrace_codeloc.code.loader import enter_working_directory, load_location
from headrace_codeloc.container_init import leave_first_place
from headrace_codeloc.engines.orders import WORK
from headrace_codeloc.options import CodeSource, add_source, add_tls, source_of, tls_of
from headrace_codeloc.worker.order import WorkerOrder
from headrace_codeloc.worker.process import become_worker

EXIT_NO_CODE = 70


def work(argv: Sequence[str]) -> int:
    """Executes the run that the environment orders, with the code that the command line names; returns the exit code.

    The order comes in variables, because a command line can be read by everybody on a machine.
    """
    leave_first_place()
    given = _parser().parse_args(argv)
    missing = [f"{WORK}{name}" for name in ("RUN_ID", "LAUNCH_TOKEN", "COORDINATOR") if not _said(name)]
    if missing:
        sys.stderr.write(f"headrace codeloc work: the environment lacks {', '.join(missing)}\n")
        return 2
    order = WorkerOrder(
        worker_id=_said("ID") or _said("RUN_ID"),
        run_id=_said("RUN_ID"),
        launch_token=_said("LAUNCH_TOKEN"),
        coordinator_address=_said("COORDINATOR"),
        job_name=_said("JOB"),
        claim_timeout=given.claim_timeout,
        tls=tls_of(given),
    )
    # Not for user code, nor for the processes that it starts.
    for name in [name for name in os.environ if name.startswith(WORK)]:
        del os.environ[name]
    return _execute(order, source_of(given))


def _execute(order: WorkerOrder, source: CodeSource) -> int:
    try:
        enter_working_directory(source)
        location = load_location(source)
    except Exception:
        # The run is not claimed: the coordinator gives the order again, and says so in the end.
        traceback.print_exc()
        return EXIT_NO_CODE
    return become_worker(order, location, tells_refusal=True)


def _said(name: str) -> str:
    return os.environ.get(f"{WORK}{name}", "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("headrace codeloc work", description="Execute one run that a launcher ordered.")
    add_source(parser)
    parser.add_argument("--claim-timeout", type=float, default=30.0, help="seconds to try to claim the run")
    add_tls(parser)
    return parser

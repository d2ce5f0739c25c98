"""The main module of a fresh interpreter that runs one step attempt."""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from typing import NoReturn

from headrace.compat.inherited import install_if_inherited
from headrace.execute.events.failures import failure_info
from headrace.execute.frame import open_frame
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.runners.child import run_child
from headrace.execute.runners.framing import encode
from headrace.execute.runners.spawn import SpawnOrder
from headrace.processes.parent_death import ParentDeath


def main() -> NoReturn:
    """Read the order from standard input, run it, end the process."""
    # Before the order is read: what it refers to may come from code that needs it.
    install_if_inherited()
    with os.fdopen(os.dup(0), "rb") as message:
        sys.path[:] = json.loads(message.readline())
        order: SpawnOrder = pickle.load(message)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    ParentDeath(order.parent).arm()
    run_child(_open(order), order.launch, order.report_to)


def _open(order: SpawnOrder) -> RunFrame:
    try:
        job = order.resolve_job(order.spec)
        return open_frame(job, order.spec, emit=lambda _: None, capture=order.capture, isolated=True)
    except Exception as error:
        end = StepEnd(order.launch.key, order.launch.attempt, time.time(), failure=failure_info(error))
        with os.fdopen(order.report_to, "wb") as reports:
            reports.write(encode(end))
        sys.exit(1)


if __name__ == "__main__":
    main()

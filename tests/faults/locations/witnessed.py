"""Two jobs whose user code notices by itself when a run or a step is executed twice at once.

Whoever executes holds a lock on a file of the run, or of the step, for as long as its process lives. The kernel lets go
of it when the process dies, however it dies, so only two living processes can ever collide.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import headrace as dg

WITNESS = Path(os.environ["HEADRACE_WITNESS"])
WORK_SECONDS = 0.03
_held: dict[str, int] = {}


def hold(name: str) -> None:
    """Takes a lock for the rest of this process's life; reports if somebody else lives who has it."""
    if name in _held:
        return
    descriptor = os.open(WITNESS / name, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with (WITNESS / "collisions").open("a") as collisions:
            collisions.write(f"{name} in process {os.getpid()}\n")
    _held[name] = descriptor


def work(context: dg.OpExecutionContext, whole_run: bool) -> None:
    hold(context.run_id if whole_run else f"{context.run_id}.{context.op.name}")
    time.sleep(WORK_SECONDS)


@dg.op
def first(context: dg.OpExecutionContext) -> int:
    work(context, whole_run=True)
    return 1


@dg.op
def second(context: dg.OpExecutionContext, number: int) -> int:
    work(context, whole_run=True)
    return number + 1


@dg.op
def left(context: dg.OpExecutionContext) -> int:
    work(context, whole_run=False)
    return 1


@dg.op
def right(context: dg.OpExecutionContext) -> int:
    work(context, whole_run=False)
    return 2


@dg.op
def both(context: dg.OpExecutionContext, one: int, other: int) -> int:
    work(context, whole_run=False)
    return one + other


@dg.job(executor_def=dg.in_process_executor)
def in_process():
    second(second(first()))


@dg.job(executor_def=dg.multiprocess_executor)
def multiprocess():
    both(left(), right())


defs = dg.Definitions(jobs=[in_process, multiprocess])

"""Jobs whose user code does to its own process what it should not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import headrace as dg


@dg.op
def leave_quietly() -> None:
    os._exit(0)


@dg.op
def die_of_memory() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dg.op
def crash() -> None:
    os.abort()


@dg.op
def shout(context: dg.OpExecutionContext) -> None:
    context.log.info("x" * 10_000_000)
    print("y" * 10_000_000)


@dg.op
def babble(context: dg.OpExecutionContext) -> None:
    for number in range(5_000):
        context.log.info("line %d", number)


@dg.op
def return_what_cannot_be_stored() -> object:
    return threading.Lock()


class UnspeakableError(Exception):
    """Cannot be pickled, printed or compared."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


@dg.op
def raise_what_cannot_be_told() -> None:
    raise UnspeakableError


@dg.op
def close_everything() -> None:
    os.closerange(3, 256)


@dg.op
def ignore_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)


@dg.op
def leave_children_behind() -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])


@dg.op
def exit_politely() -> None:
    sys.exit("enough")


@dg.op
def fork_and_return() -> None:
    if os.fork() == 0:
        time.sleep(0.2)
        os._exit(0)


OPS = (
    leave_quietly,
    die_of_memory,
    crash,
    shout,
    babble,
    return_what_cannot_be_stored,
    raise_what_cannot_be_told,
    close_everything,
    ignore_signals,
    leave_children_behind,
    exit_politely,
    fork_and_return,
)


def job_of(op: dg.OpDefinition, executor: dg.ExecutorDefinition, suffix: str) -> dg.JobDefinition:
    @dg.job(name=f"{op.name}_{suffix}", executor_def=executor)
    def made():
        op()

    return made


defs = dg.Definitions(
    jobs=[
        *(job_of(op, dg.in_process_executor, "here") for op in OPS),
        *(job_of(op, dg.multiprocess_executor, "apart") for op in OPS),
    ]
)

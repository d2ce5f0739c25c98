"""Jobs for the tests of step processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headrace.definitions.jobs.decorator import job
from headrace.definitions.jobs.executor import multiprocess_executor
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.types import Nothing
from headrace.definitions.resources.io_manager import io_manager
from headrace.definitions.resources.resource import resource
from headrace.execute.spec import RunSpec
from headrace.io.memory import InMemoryIOManager, mem_io_manager

MODULE_PID = os.getpid()
LONG = 60


@op
def pid() -> int:
    return os.getpid()


@op
def pids(found: list[int]) -> list[int]:
    return [*found, os.getpid()]


@job(executor_def=multiprocess_executor)
def isolated() -> None:
    pids([pid.alias(f"pid_{n}")() for n in range(4)])


@op(config_schema=str)
def dies(context: Any) -> None:
    how = context.op_config
    print("last words")
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exit":
        os._exit(7)
    if how == "sys.exit":
        sys.exit(3)


@op(ins={"after": In(Nothing)})
def below() -> None:
    pass


@op
def beside() -> str:
    return "fine"


@job(executor_def=multiprocess_executor)
def crashing() -> None:
    below(dies())
    beside()


@op(retry_policy=RetryPolicy(max_retries=1))
def crashes_once(context: Any) -> int:
    if context.retry_number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return context.retry_number  # type: ignore[no-any-return]


@job(executor_def=multiprocess_executor)
def recovering() -> None:
    crashes_once()


@op(config_schema={"directory": str, "stubborn": bool})
def waits(context: Any) -> None:
    directory = Path(context.op_config["directory"])
    child = subprocess.Popen(["sleep", str(LONG)])
    (directory / "child").write_text(str(child.pid))
    (directory / f"started.{os.getpid()}").touch()
    try:
        while True:
            try:
                time.sleep(LONG)  # noqa: TID251
            except BaseException:
                if not context.op_config["stubborn"]:
                    raise
    finally:
        (directory / "cleaned").touch()


@job(executor_def=multiprocess_executor)
def waiting() -> None:
    below(waits())


@op
def talks(context: Any) -> str:
    context.log.info("x" * 500_000)
    threads = [threading.Thread(target=context.log.info, args=("y" * 50_000,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "z" * 1_000_000


@job(executor_def=multiprocess_executor)
def talking() -> None:
    talks()


@op
def leaves_a_process() -> str:
    if os.fork() == 0:
        time.sleep(LONG)  # noqa: TID251
        os._exit(0)
    return "done"


@job(executor_def=multiprocess_executor)
def leaving() -> None:
    leaves_a_process()


@op(out=Out(int))
def one() -> int:
    return 1


@job(executor_def=multiprocess_executor, resource_defs={"io_manager": mem_io_manager})
def in_memory() -> None:
    one()


@io_manager
def made_of_memory() -> InMemoryIOManager:
    return InMemoryIOManager()


@job(executor_def=multiprocess_executor, resource_defs={"io_manager": made_of_memory})
def in_memory_after_all() -> None:
    one()


@resource(config_schema=str)
def file(context: Any) -> Iterator[str]:
    with open(context.resource_config, "a") as log:
        log.write(f"up {os.getpid()}\n")
        log.flush()
        yield str(os.getpid())
        log.write(f"down {os.getpid()}\n")


@op(required_resource_keys={"file"})
def uses(context: Any) -> str:
    return context.resources.file  # type: ignore[no-any-return]


@job(executor_def=multiprocess_executor, resource_defs={"file": file})
def with_resource() -> None:
    uses.alias("first")()
    uses.alias("second")()


@op
def unpicklable() -> Any:
    return threading.Lock()


@job(executor_def=multiprocess_executor)
def unstorable() -> None:
    unpicklable()


def find_job(spec: RunSpec) -> JobDefinition:
    return globals()[spec.job_name]  # type: ignore[no-any-return]


def find_nothing(spec: RunSpec) -> JobDefinition:
    raise ImportError("No module named 'their_library'")

"""Jobs whose steps wait for a file, so that tests can do something to their containers meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path

import headrace as dg
from headrace.integrations.docker import docker_executor

GATES = Path(os.environ["HEADRACE_TESTS_GATES"])


def wait_for(gate: str) -> None:
    """Says that it waits, and waits."""
    (GATES / f"{gate}.waits").touch()
    while not (GATES / gate).exists():
        time.sleep(0.05)


@dg.op
def gated(context: dg.OpExecutionContext) -> int:
    """Waits for the file that a tag of the run names."""
    wait_for(context.run.tags["gate"])
    return os.getpid()


@dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
def gated_at_first(context: dg.OpExecutionContext) -> int:
    """Waits in its first attempt only."""
    if context.retry_number == 0:
        wait_for(context.run.tags["gate"])
    return context.retry_number


@dg.job
def waits() -> None:
    """One step that waits."""
    gated()


@dg.job(executor_def=docker_executor)
def steps_in_containers() -> None:
    """One step, in a container of its own, that waits in its first attempt."""
    gated_at_first()


@dg.job(executor_def=docker_executor)
def waits_in_containers() -> None:
    """One step, in a container of its own, that waits."""
    gated()


defs = dg.Definitions(jobs=[waits, steps_in_containers, waits_in_containers])

"""A job that says when it is, again and again."""

from __future__ import annotations

import os
import time

import headrace as dg

SECONDS = float(os.environ.get("HEADRACE_BENCH_SECONDS", "20"))
PER_SECOND = float(os.environ.get("HEADRACE_BENCH_PER_SECOND", "5"))


@dg.op
def chat(context: dg.OpExecutionContext) -> None:
    # Whoever is to hear all of it needs a moment to come.
    time.sleep(5)
    for _ in range(int(SECONDS * PER_SECOND)):
        context.log.info("%f", time.time())
        time.sleep(1 / PER_SECOND)


@dg.job(executor_def=dg.in_process_executor)
def chatty():
    chat()


defs = dg.Definitions(jobs=[chatty])

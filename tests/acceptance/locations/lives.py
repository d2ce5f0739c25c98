"""Jobs whose runs live through everything that a run can live through."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import headrace as dg

HOME = Path(os.environ["HEADRACE_HOME"])


@dg.op
def sleep(context):
    print("asleep", flush=True)
    (HOME / f"asleep-{context.run_id}").touch()
    time.sleep(60)


@dg.op(ins={"after": dg.In(dg.Nothing)})
def next_op():
    (HOME / "went-on").touch()


@dg.job(executor_def=dg.in_process_executor)
def sleep_in_process():
    next_op(sleep())


@dg.job(executor_def=dg.multiprocess_executor)
def sleep_multiprocess():
    next_op(sleep())


@dg.op
def first(context):
    return context.run_id


@dg.op
def second(text):
    if not (HOME / "open").exists():
        raise dg.Failure("it is not open yet", metadata={"file": "open"})
    return text


@dg.op
def third(text):
    return text.upper()


@dg.job
def gated():
    third(second(first()))


@dg.op(retry_policy=dg.RetryPolicy(max_retries=2, delay=0.05))
def stumble(context):
    print("attempt", context.retry_number + 1)
    if context.retry_number < 2:
        raise ValueError("not yet")
    return context.retry_number


@dg.job
def stumbling():
    stumble()


@dg.op
def talk():
    for number in range(1000):
        print(f"line {number} ✓")
        if number % 100 == 0:
            print(f"error {number}", file=sys.stderr)


@dg.job
def talking():
    talk()


@dg.op
def weigh(data):
    return len(data)


@dg.op
def swell():
    return b"x" * 50_000_000


@dg.job
def heavy():
    weigh(swell())


class Place(dg.ConfigurableResource):
    url: str


@dg.op
def look(context, place: Place):
    context.log.info("at %s", place.url)
    return place.url


@dg.job
def visiting():
    look()


defs = dg.Definitions(
    jobs=[sleep_in_process, sleep_multiprocess, gated, stumbling, talking, heavy, visiting],
    resources={"place": Place(url=dg.EnvVar("LIVES_URL"))},
)

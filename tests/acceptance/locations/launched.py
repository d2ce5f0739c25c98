"""Jobs for workers that are started elsewhere: they say that they began, and wait to be killed or let go."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import headrace as dg


@dg.op(config_schema={"directory": str})
def linger(context):
    directory = Path(context.op_config["directory"])
    number = len(list(directory.glob("began-*"))) + 1
    (directory / f"began-{number}").touch()
    while not (directory / "go").exists():
        time.sleep(0.05)
    return number


@dg.op
def add_up(number):
    return number + 54


@dg.job
def lingering():
    add_up(linger())


@dg.op
def answer():
    logging.getLogger("answers.aloud").info("it is 55")
    logging.getLogger("answers.aloud").debug("too quiet")
    return 55


@dg.job
def short():
    answer()


@dg.job(tags={"headrace/max_retries": "1"})
def lingering_twice():
    add_up(linger())


@dg.op
def stumble():
    raise RuntimeError("over a stone")


@dg.job
def stumbling():
    stumble()


@dg.job
def stubborn():
    add_up(linger.with_retry_policy(dg.RetryPolicy(max_retries=1)).alias("linger")())


defs = dg.Definitions(jobs=[lingering, lingering_twice, short, stubborn, stumbling])

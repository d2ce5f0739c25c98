"""Jobs whose user code says what it does, to the run's log and, past everything that may fail, to one file of its own."""

from __future__ import annotations

import os
import time

import headrace as dg

WITNESS = os.environ["HEADRACE_WITNESS"]
PIECES = int(os.environ.get("HEADRACE_WITNESS_PIECES", "3"))
PIECE_SECONDS = 0.01
THOUGHT_SECONDS = 1.5
LONG_STEPS, LONG_PIECES = 10, 30


def say(context: dg.OpExecutionContext, what: str) -> None:
    """Appends a line in one write, which the kernel does not tear apart."""
    # A worker leads a session, and all its steps are part of it.
    parts = (context.run_id, os.getsid(0), os.getpid(), context.step_key, context.retry_number, what, time.monotonic())
    file = os.open(WITNESS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (" ".join(map(str, parts)) + "\n").encode())
    os.close(file)


def work(context: dg.OpExecutionContext, pieces: int = PIECES) -> None:
    """Does a little, again and again, and tells of each piece."""
    say(context, "start")
    for number in range(pieces):
        context.log.info("%d %s %d %d", os.getsid(0), context.step_key, context.retry_number, number)
        time.sleep(PIECE_SECONDS)
        say(context, "work")
    say(context, "stop")


@dg.op
def first(context: dg.OpExecutionContext) -> int:
    work(context)
    return 1


@dg.op
def second(context: dg.OpExecutionContext, number: int) -> int:
    work(context)
    return number + 1


@dg.op
def left(context: dg.OpExecutionContext) -> int:
    work(context)
    return 1


@dg.op
def right(context: dg.OpExecutionContext) -> int:
    work(context)
    return 2


@dg.op
def both(context: dg.OpExecutionContext, one: int, other: int) -> int:
    work(context)
    return one + other


@dg.op
def piece(context: dg.OpExecutionContext, number: int) -> int:
    work(context, LONG_PIECES)
    return number + 1


@dg.op(config_schema={"seconds": float})
def patient(context: dg.OpExecutionContext) -> None:
    work(context, pieces=int(context.op_config["seconds"] / PIECE_SECONDS))


@dg.job(executor_def=dg.in_process_executor)
def in_process():
    second(second(first()))


@dg.job(executor_def=dg.multiprocess_executor)
def multiprocess():
    both(left(), right())


@dg.job(executor_def=dg.in_process_executor, partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"]))
def by_letter():
    first()


@dg.op(pool="tight")
def modest(context: dg.OpExecutionContext) -> None:
    work(context)


@dg.job(executor_def=dg.in_process_executor)
def pooled():
    modest()


@dg.op(pool="tight")
def modest_in_the_end(context: dg.OpExecutionContext, number: int) -> None:
    del number
    work(context)


@dg.job(executor_def=dg.in_process_executor)
def pooled_in_the_end():
    modest_in_the_end(first())


@dg.job(executor_def=dg.in_process_executor)
def slow():
    patient()


@dg.job(executor_def=dg.multiprocess_executor)
def slow_in_processes():
    patient.alias("one")()
    patient.alias("two")()


def long_job(name: str, executor: dg.ExecutorDefinition) -> dg.JobDefinition:
    """A job of many steps, one after the other: what is to be canceled must not end by itself."""

    @dg.job(name=name, executor_def=executor)
    def chain():
        number = first()
        for _ in range(LONG_STEPS):
            number = piece(number)

    return chain


@dg.sensor(job=in_process, minimum_interval_seconds=1, default_status=dg.DefaultSensorStatus.STOPPED)
def counter(context: dg.SensorEvaluationContext):
    """Counts in its cursor, and asks for a run with each number as its key."""
    number = int(context.cursor or 0)
    context.update_cursor(str(number + 1))
    return dg.RunRequest(run_key=str(number))


@dg.sensor(job=in_process, minimum_interval_seconds=1, default_status=dg.DefaultSensorStatus.STOPPED)
def thoughtful(context: dg.SensorEvaluationContext):
    """Counts like the other, and takes so long that the lease on its evaluation has to be renewed."""
    number = int(context.cursor or 0)
    time.sleep(THOUGHT_SECONDS)
    context.update_cursor(str(number + 1))
    return dg.RunRequest(run_key=str(number))


@dg.run_status_sensor(
    run_status=dg.RunState.SUCCEEDED,
    monitored_jobs=[slow],
    request_job=in_process,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def follower(context: dg.RunStatusSensorContext):
    """Asks for a run after each run of the slow job."""
    return dg.RunRequest(run_key=context.dagster_run.run_id)


@dg.schedule(job=in_process, cron_schedule="0 0 1 1 *", default_status=dg.DefaultScheduleStatus.STOPPED)
def yearly():
    return dg.RunRequest()


defs = dg.Definitions(
    jobs=[
        in_process,
        multiprocess,
        by_letter,
        pooled,
        pooled_in_the_end,
        slow,
        slow_in_processes,
        long_job("long", dg.in_process_executor),
        long_job("long_in_processes", dg.multiprocess_executor),
    ],
    sensors=[counter, thoughtful, follower],
    schedules=[yearly],
)

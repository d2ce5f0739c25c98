"""The loggers that a run's config names: they get what steps log, and what happens to the run."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from headrace.definitions.jobs.console_loggers import default_system_loggers
from headrace.definitions.jobs.logger import InitLoggerContext
from headrace.execute.events.event import Event, LogRecorded, StepFailed

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.runner import RunFrame
    from headrace.execute.spec import RunSpec
    from headrace.instance.instance import Instance

Emit = Callable[[Event], None]


def open_loggers(frame: RunFrame) -> Sequence[logging.Logger]:
    """The loggers that the `loggers` section of the run config names."""
    known = frame.config.schema.logger_defs
    return [
        known[name].open(InitLoggerContext(frame.config.logger_config(name), known[name], frame.job, frame.spec.run_id))
        for name in frame.config.logger_names
    ]


def local_loggers(job: JobDefinition, spec: RunSpec, instance: Instance) -> Sequence[logging.Logger]:
    """Where a run in this process is told of: by the console unless its run config names loggers, and by the instance's."""
    named = job.complete_run_config(spec.run_config).get("loggers")
    console = () if named else default_system_loggers(instance)
    contexts = [(each, InitLoggerContext(config, each, job, spec.run_id)) for each, config in console]
    return [*(each.open(context) for each, context in contexts), *instance.python_logs.loggers()]


def logging_to(loggers: Sequence[logging.Logger], emit: Emit, job_name: str) -> Emit:
    """An `emit` that tells every event to loggers as well."""
    if not loggers:
        return emit

    def emit_and_log(event: Event) -> None:
        emit(event)
        record = record_of(event, job_name)
        for logger in loggers:
            if logger.isEnabledFor(record.levelno):
                # Each logger gets a record of its own: handlers may change it.
                own = logging.makeLogRecord({**vars(record), "name": logger.name})
                logger.handle(own)

    return emit_and_log


def record_of(event: Event, job_name: str) -> logging.LogRecord:
    """An event as a record for loggers."""
    detail = event.detail
    said = detail.message if isinstance(detail, LogRecorded) else event.message
    parts = [job_name, event.run_id]
    if not isinstance(detail, LogRecorded):
        parts.append(str(os.getpid()))
    if event.step_key:
        parts.append(event.step_key)
    if event.event_type_value is not None:
        parts.append(event.event_type_value)
    message = " - ".join([*parts, said])
    record = logging.makeLogRecord(
        {"levelno": _level(event), "levelname": logging.getLevelName(_level(event)), "msg": message}
    )
    record.created = event.time
    record.dagster_meta = {
        "orig_message": said,
        "job_name": job_name,
        "run_id": event.run_id,
        "step_key": event.step_key or None,
        "op_name": event.node_name or None,
        "log_timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(event.time)),
    }
    return record


def _level(event: Event) -> int:
    if isinstance(event.detail, LogRecorded):
        return event.detail.level
    return logging.ERROR if isinstance(event.detail, StepFailed) else logging.DEBUG

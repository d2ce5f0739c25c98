"""What the answer to a claim means for whoever claimed, a run's worker or a step's."""

from __future__ import annotations

from dataclasses import replace

from headrace.api.worker.v1.step_service_pb2 import ClaimStepResponse
from headrace.api.worker.v1.worker_service_pb2 import ClaimRunResponse
from headrace.errors import InvalidConfigError
from headrace.execute.spec import RunSpec
from headrace.wire.runs import to_run_spec
from headrace_codeloc.worker.log import WorkerLog
from headrace_codeloc.worker.log_store import LogStore, temporary_directory
from headrace_codeloc.worker.reporter import Reporter

Claim = ClaimRunResponse | ClaimStepResponse


def run_spec(claim: Claim) -> RunSpec:
    """Returns what to execute."""
    logs = claim.python_logs
    return replace(to_run_spec(claim.run), managed_loggers=tuple(logs.managed_loggers), log_level=logs.level)


def log_directory(claim: Claim) -> str:
    """Returns where output is captured; empty for nowhere."""
    return claim.compute_log_directory or (temporary_directory() if claim.HasField("compute_log_manager") else "")


def log_store(claim: Claim, directory: str, log: WorkerLog, reporter: Reporter) -> LogStore | None:
    """Returns what keeps output of steps; a class that cannot be used here costs the output, not the run."""
    if not claim.HasField("compute_log_manager"):
        return None
    try:
        return LogStore.of(claim.compute_log_manager, directory, log, reporter.emit)
    except InvalidConfigError as error:
        log.say(f"output of steps stays on this machine: {error}")
        return None

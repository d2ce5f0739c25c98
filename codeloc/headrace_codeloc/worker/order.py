"""The orders to execute a run, or one attempt of a step."""

from __future__ import annotations

from dataclasses import dataclass, field

from headrace_codeloc.options import TlsFiles


@dataclass(frozen=True, slots=True)
class StepWorkerOrder:
    """Which attempt of which step to execute, for whom; otherwise as `WorkerOrder`.

    Attributes:
        epoch: Of the run's holder, who has ordered it.
        run_token: Of the run's holder.
        step_key: The step.
        attempt: The attempt.
    """

    run_id: str
    epoch: int
    run_token: str
    step_key: str
    attempt: int
    coordinator_address: str
    job_name: str
    claim_timeout: float = 30.0
    tls: TlsFiles = field(default_factory=TlsFiles)

    @property
    def what(self) -> str:
        """What is ordered, for messages."""
        return f"step {self.step_key!r}"


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """Which run to execute, for whom.

    Attributes:
        worker_id: Names the worker.
        launch_token: One-time token with which it claims the run.
        coordinator_address: Where it reports.
        job_name: The run's job, known before the run is claimed.
        claim_timeout: Seconds to try to claim: after that the coordinator has ordered another worker.
        log_path: Where it writes what is not part of a step; left alone when empty.
        forked: Whether it may fork: it is a fork itself, of a process without threads.
        tls: How it proves who it is.
        fails_with_run: Whether its process fails when the run does.
    """

    worker_id: str
    run_id: str
    launch_token: str
    coordinator_address: str
    job_name: str = ""
    claim_timeout: float = 30.0
    log_path: str = ""
    forked: bool = True
    tls: TlsFiles = field(default_factory=TlsFiles)
    fails_with_run: bool = False

    @property
    def what(self) -> str:
        """What is ordered, for messages."""
        return f"run {self.run_id}"

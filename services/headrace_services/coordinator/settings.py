"""What the coordinator takes from the instance's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.api.worker.v1.worker_service_pb2 import ComputeLogManagerRef, PythonLogs
from headrace_services.coordinator.log_settings import log_directory, log_manager
from headrace_services.coordinator.queue.deciding import Limits, PoolRules
from headrace_services.coordinator.retries.rules import RetryRules
from headrace_services.coordinator.runs.launchers import Launchers
from headrace_services.coordinator.runs.transitions import Attempts
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.model import Pools, RunQueue

# A lost worker must be noticed within two seconds of its lease's end.
_MOST_MONITOR_INTERVAL = 2.0
_BACKFILLS_AT_ONCE = 4


@dataclass(frozen=True)
class CoordinatorSettings:
    """The coordinator's figures and names.

    Attributes:
        address: Where workers reach its WorkerService.
        launchers: Whom orders are for.
        limits: What runs in progress may use.
        max_queued_runs: How many runs may wait; more are refused.
        lease_seconds: How long a worker's lease holds.
        heartbeat_seconds: How often a worker renews it.
        unclaimed_seconds: When an order that nobody claimed is given again; see `unclaimed_by`.
        start_timeout_seconds: For how long it is given again.
        start_retries: How often it is given again whatever that says, because the code location was not there.
        start_retry_seconds: How long the run waits in the queue before that.
        cancel_timeout_seconds: How long a worker may take to confirm a cancel.
        max_runtime_seconds: How long a run may take; 0 for any time.
        retries: How often a run that failed is repeated where its tags do not say.
        resumes: How often a run goes on in a new worker.
        monitor_seconds: How often overdue runs are looked for.
        compute_log_directory: Where output of steps goes; empty to capture none.
        compute_log_manager: What keeps it when an attempt is over; None to leave it there.
        python_logs: Which log lines of user code become events.
        artifact_directory: Where outputs go that no I/O manager takes elsewhere.
        backfills_at_once: How many backfills are taken a step further at once.
    """

    address: str
    launchers: Launchers
    limits: Limits
    max_queued_runs: int
    lease_seconds: float
    heartbeat_seconds: float
    unclaimed_seconds: float
    start_timeout_seconds: float
    start_retries: int
    start_retry_seconds: float
    cancel_timeout_seconds: float
    max_runtime_seconds: float
    retries: RetryRules
    resumes: int
    monitor_seconds: float
    compute_log_directory: str
    compute_log_manager: ComputeLogManagerRef | None
    python_logs: PythonLogs
    artifact_directory: str
    backfills_at_once: int

    @classmethod
    def of(cls, instance: InstanceConfig) -> CoordinatorSettings:
        """Returns what `instance` says."""
        queue, leases = instance.run_queue, instance.leases
        monitoring, retries = instance.run_monitoring, instance.run_retries
        return cls(
            address=instance.services.coordinator.reachable_at,
            launchers=Launchers.of(instance),
            limits=_limits(queue, instance.pools),
            max_queued_runs=queue.max_queued_runs,
            lease_seconds=leases.duration_seconds,
            heartbeat_seconds=leases.renew_seconds,
            unclaimed_seconds=leases.unclaimed_seconds,
            start_timeout_seconds=monitoring.start_timeout_seconds,
            start_retries=queue.max_user_code_failure_retries,
            start_retry_seconds=queue.user_code_failure_retry_delay if queue.max_user_code_failure_retries else 0,
            cancel_timeout_seconds=monitoring.cancel_timeout_seconds,
            max_runtime_seconds=monitoring.max_runtime_seconds if monitoring.enabled else 0,
            retries=RetryRules(retries.max_retries if retries.enabled else 0, retries.retry_on_asset_or_op_failure),
            resumes=max(monitoring.max_resume_run_attempts, retries.max_retries if retries.enabled else 0),
            monitor_seconds=min(leases.duration_seconds / 3, _MOST_MONITOR_INTERVAL),
            compute_log_directory=log_directory(instance),
            compute_log_manager=log_manager(instance.compute_logs),
            python_logs=_python_logs(instance),
            artifact_directory=str(instance.path(instance.artifacts)),
            backfills_at_once=instance.backfills.num_workers or _BACKFILLS_AT_ONCE,
        )

    def unclaimed_by(self, launcher_name: str) -> float:
        """Returns when an order for a launcher is given again.

        An engine takes its time, to fetch an image for one, and says by itself when nothing will come of it.
        """
        if (launcher_name or self.launchers.default) in self.launchers.engines:
            return max(self.unclaimed_seconds, self.start_timeout_seconds)
        return self.unclaimed_seconds

    @property
    def start_timeouts(self) -> Sequence[float]:
        """What `unclaimed_by` says of the launchers that there are, each figure once, the longest first."""
        return sorted({self.unclaimed_by(name) for name in self.launchers.names}, reverse=True)

    def attempts(self, launcher_name: str, resumes: int | None) -> Attempts:
        """Returns how often a run may be started.

        Args:
            launcher_name: Of its launcher.
            resumes: In how many new workers it may go on; None for as many as usual.
        """
        wanted = self.resumes if resumes is None else resumes
        return Attempts.of(self.start_timeout_seconds, self.unclaimed_by(launcher_name), wanted, self.start_retries)


def _python_logs(instance: InstanceConfig) -> PythonLogs:
    logs = instance.python_logs
    return PythonLogs(managed_loggers=logs.managed_python_loggers, level=logs.python_log_level or "")


def _limits(queue: RunQueue, pools: Pools) -> Limits:
    rules = PoolRules(
        by_run=pools.granularity == "run",
        buffer=pools.op_granularity_run_buffer,
        default=pools.default_limit,
        limits=pools.limits,
    )
    if queue.kind == "immediate":
        return Limits(-1, pools=rules)
    return Limits(queue.max_concurrent_runs, queue.tag_concurrency_limits, rules)

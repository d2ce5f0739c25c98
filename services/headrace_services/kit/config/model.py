"""What an instance is configured to be: a tree of frozen dataclasses, defaults included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from headrace.rpc.tls import Tls
from headrace.settings import Secret, setting
from headrace_services.kit.config.components import (
    ComputeLogs,
    Custom,
    Launcher,
    LocalComputeLogs,
    NamedLauncher,
    ProcessLauncher,
    SqliteStorage,
    Storage,
)
from headrace_services.kit.config.services import ServicesConfig


@dataclass(frozen=True)
class TagLimit:
    """At most `limit` runs at once that carry a tag."""

    key: str = setting("", "The tag.")
    limit: int = setting(-1, "How many runs with it may be in progress.", least=0)
    value: str | None = setting(None, "Only this value of the tag; none means every value.")
    per_value: bool = setting(False, "Whether each value of the tag has a limit of its own.")

    @staticmethod
    def prepare(given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Accepts `value: {applyLimitPerUniqueValue: true}` for `per_value: true`."""
        value = given.get("value")
        if isinstance(value, Mapping) and set(value) == {"applyLimitPerUniqueValue"}:
            return {**given, "value": None, "per_value": value["applyLimitPerUniqueValue"]}
        return given

    def check(self) -> Mapping[str, str]:
        """Returns what contradicts itself, by field."""
        if not self.key:
            return {"key": "missing: which tag is limited?"}
        # Not 0, which keeps every run with the tag waiting for ever: nobody means that by leaving it out.
        return {"limit": "missing: how many runs with the tag may be in progress?"} if self.limit < 0 else {}


@dataclass(frozen=True)
class RunQueue:
    """How runs are taken in: they wait for the limits, or each starts at once."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "dequeue_interval_seconds": "the queue is woken by what happens, not by a timer",
        "dequeue_use_threads": "runs are admitted in batches, one transaction each",
        "dequeue_num_workers": "runs are admitted in batches, one transaction each",
        "block_op_concurrency_limited_runs": "runs whose pools are full always wait",
    }

    kind: Literal["queued", "immediate"] = setting("queued", "Whether runs wait for the limits.")
    max_concurrent_runs: int = setting(10, "Runs in progress at once; -1 for no limit, 0 to start none.", least=-1)
    max_queued_runs: int = setting(100_000, "Runs that may wait; more are refused. 0 for no limit.", least=0)
    tag_concurrency_limits: tuple[TagLimit, ...] = setting((), "Further limits by tag.")
    max_user_code_failure_retries: int = setting(
        0, "How often a run is queued again when its code location was not there to start it.", least=0
    )
    user_code_failure_retry_delay: float = setting(60.0, "Seconds between those tries.", least=0)


@dataclass(frozen=True)
class RunMonitoring:
    """What is done about runs that do not get on."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "cancellation_thread_poll_interval_seconds": "cancellation is pushed to the worker",
        "free_slots_after_run_end_seconds": "slots are leases: they end with the run",
        "poll_interval_seconds": "a run is looked at when its time comes, not by a timer",
    }

    enabled: bool = setting(True, "Whether the timeouts below hold. Leases are watched whatever it says.")
    start_timeout_seconds: int = setting(180, "A run that no worker has claimed after this long fails.", least=1)
    cancel_timeout_seconds: int = setting(180, "A canceled run that has not ended after this long is ended.", least=1)
    max_runtime_seconds: int = setting(0, "A run that takes longer fails; 0 for no limit.", least=0)
    max_resume_run_attempts: int = setting(
        0, "How often a run goes on in a new worker when it lost its worker.", least=0
    )


@dataclass(frozen=True)
class RunRetries:
    """What is done about runs that failed."""

    enabled: bool = setting(False, "Whether failed runs are retried.")
    max_retries: int = setting(0, "How often, where a run's tags do not say.", least=0)
    retry_on_asset_or_op_failure: bool = setting(
        True, "Whether a step that failed counts, or only a worker that was lost."
    )


@dataclass(frozen=True)
class Pools:
    """Limits that steps of all runs share."""

    default_limit: int | None = setting(
        None, "Steps at once in a pool that has no limit of its own; none for no limit.", least=0
    )
    granularity: Literal["op", "run"] = setting("op", "Whether a slot is held by a step or by its whole run.")
    op_granularity_run_buffer: int = setting(
        0, "Runs admitted beyond what their pools allow, so that their other steps get on.", least=0
    )
    limits: Mapping[str, int] = setting({}, "Slots of single pools, by name; what is set by command comes first.")

    def check(self) -> Mapping[str, str]:
        """Returns which limits make no sense, by field."""
        wrong = [name for name, limit in self.limits.items() if limit < 0]
        return {"limits": f"must be 0 or more for {', '.join(wrong)}"} if wrong else {}


@dataclass(frozen=True)
class SchedulerConfig:
    """How schedules catch up."""

    max_catchup_runs: int = setting(
        5, "Missed ticks of a partitioned schedule that are made up for after a stop.", least=0
    )
    max_tick_retries: int = setting(0, "How often a tick whose evaluation failed is tried again.", least=0)


@dataclass(frozen=True)
class Workers:
    """How many evaluations of one kind go on at once."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "use_threads": "evaluations are processes",
        "num_submit_workers": "runs are submitted in the tick's own transaction",
    }

    num_workers: int | None = setting(None, "Evaluations at once; none lets the scheduler decide.", least=1)


@dataclass(frozen=True)
class AutoMaterialize:
    """How automation conditions are evaluated."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "use_sensors": "conditions belong to the scheduler",
        "use_threads": "evaluations are processes",
        "minimum_interval_seconds": "conditions are evaluated when something happens to their assets, not by a timer",
        "max_tick_retries": "an evaluation that fails is repeated until it succeeds; what happened meanwhile is kept",
        "num_workers": "each sensor of conditions is evaluated by itself",
        "respect_materialization_data_versions": "conditions say so themselves, by `data_version_changed`",
    }

    enabled: bool = setting(True, "Whether they are; sensors that are on keep their place until it is true again.")
    run_tags: Mapping[str, str] = setting({}, "Tags of the runs that they ask for.")


@dataclass(frozen=True)
class Freshness:
    """Freshness policies."""

    IGNORED: ClassVar[Mapping[str, str]] = {"enabled": "freshness is worked out when somebody asks for it"}


@dataclass(frozen=True)
class CodeServers:
    """How code locations are started and stopped."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "reload_timeout": "local_startup_timeout holds for new versions too",
        "wait_for_local_processes_on_shutdown": "workers outlive the services; `headrace dev` waits for its own",
    }

    local_startup_timeout: int = setting(180, "Seconds in which a location must have imported its code.", least=1)


@dataclass(frozen=True)
class TickRetention:
    """Days for which ticks are kept, by result; -1 for ever."""

    IGNORED: ClassVar[Mapping[str, str]] = {"started": "a tick is stored when it has ended"}

    skipped: int = setting(-1, "Ticks that asked for nothing.", least=-1)
    success: int = setting(-1, "Ticks that asked for runs.", least=-1)
    failure: int = setting(-1, "Ticks that failed.", least=-1)


@dataclass(frozen=True)
class Retention:
    """What is forgotten, and when."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "auto_materialize": "evaluations of conditions are ticks of their sensors: what `sensor` says holds for them"
    }

    @staticmethod
    def prepare(given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Accepts `schedule: {purge_after_days: n}`, with one number for all results or one for each."""
        return {key: _purge_after_days(value) for key, value in given.items()}

    schedule: TickRetention = setting(TickRetention(), "Ticks of schedules.")
    sensor: TickRetention = setting(TickRetention(skipped=7), "Ticks of sensors.")
    runs_days: int = setting(-1, "Days for which finished runs and their events are kept; -1 for ever.", least=-1)
    events_days: int = setting(
        -1, "Days for which what happened inside finished runs is kept; -1 for as long as the runs.", least=-1
    )
    compute_logs_days: int = setting(-1, "Days for which the output of steps is kept; -1 for ever.", least=-1)
    audit_days: int = setting(365, "Days for which is kept who changed what; -1 for ever.", least=-1)


@dataclass(frozen=True)
class PythonLogs:
    """What becomes of the log lines of user code."""

    IGNORED: ClassVar[Mapping[str, str]] = {
        "dagster_handler_config": "a job's own `loggers` send its lines elsewhere, as its code sets them up"
    }

    managed_python_loggers: tuple[str, ...] = setting(
        (), "Loggers whose lines become events of the run; root is all of them."
    )
    python_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = setting(
        None, "The least level that is kept; none for any."
    )


@dataclass(frozen=True)
class Leases:
    """How a holder proves that it lives; a holder that cannot renew stops before its lease ends."""

    IGNORED: ClassVar[Mapping[str, str]] = {"give_up_seconds": "a holder stops a second before its lease ends"}

    duration_seconds: float = setting(15.0, "A worker that is not heard of for this long is taken for dead.", least=1)
    renew_seconds: float = setting(5.0, "How often a holder renews: often enough to miss two renewals.", least=0.1)
    unclaimed_seconds: float = setting(
        30.0, "A launch that no worker has claimed after this long is ordered again.", least=1
    )

    def check(self) -> Mapping[str, str]:
        """Returns what contradicts itself, by field."""
        if 2 * self.renew_seconds < self.duration_seconds:
            return {}
        return {
            "duration_seconds": f"must be more than twice renew_seconds ({self.renew_seconds:g}), or no renewal may fail"
        }


@dataclass(frozen=True)
class Grant:
    """What somebody may do."""

    role: Literal["viewer", "launcher", "editor", "admin"] = setting("viewer", "What they may do.")
    locations: tuple[str, ...] = setting((), "The locations in which they may change something; none for all of them.")

    def __str__(self) -> str:
        return f"{self.role} in {', '.join(self.locations)}" if self.locations else self.role


@dataclass(frozen=True)
class Caller(Grant):
    """Somebody, or some program, with a token of their own."""

    token: Secret = setting(Secret(), "What they show.")

    def check(self) -> Mapping[str, str]:
        """Returns what is missing, by field."""
        return {} if self.token.env or self.token.value else {"token": "missing: what does this caller show?"}


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider: who has a token of it need have none of Headrace."""

    issuer: str = setting("", "The provider's URL, as its tokens name it.")
    audience: str = setting("", "Whom tokens must be meant for: the client that the provider knows this instance as.")
    name_claim: str = setting("sub", "The claim that names the caller in the audit.")
    groups_claim: str = setting("groups", "The claim with the caller's groups; dots lead into what is nested.")
    groups: Mapping[str, Grant] = setting({}, "What the members of a group may do; `*` is everybody.")

    def check(self) -> Mapping[str, str]:
        """Returns what is missing or unsafe, by field."""
        wrong = {}
        url = urlsplit(self.issuer)
        if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in ("localhost", "127.0.0.1", "::1"))):
            wrong["issuer"] = "expected an https URL: whoever can forge the provider's keys may do everything"
        if not self.audience:
            wrong["audience"] = "missing: tokens that were made for others must not be good here"
        if not self.groups:
            wrong["groups"] = "missing: who may do what? `*: {role: viewer}` lets everybody look"
        return wrong


@dataclass(frozen=True)
class Auth:
    """Who may call."""

    token: Secret = setting(
        Secret(), "What services show each other, and whoever may do everything; empty lets everybody in."
    )
    callers: Mapping[str, Caller] = setting({}, "Callers with a token and a role of their own, by name.")
    oidc: Oidc | None = setting(None, "A provider whose tokens callers show instead.")

    def check(self) -> Mapping[str, str]:
        """Returns what contradicts itself, by field."""
        if self.token.env or self.token.value:
            return {}
        needy = {"callers": self.callers, "oidc": self.oidc}
        problem = "need auth.token beside them: without one everybody may do everything"
        return {name: problem for name, given in needy.items() if given}


@dataclass(frozen=True)
class Note:
    """What became of one entry of the file."""

    key: str
    text: str
    used: bool = True


@dataclass(frozen=True)
class InstanceConfig:
    """One instance.

    Attributes:
        home: The directory that relative paths start from.
        file: The file it was read from; None where there was none and everything is a default.
        notes: What became of each entry of the file.
    """

    home: Path
    file: Path | None = None
    storage: Storage = field(default_factory=SqliteStorage)
    run_queue: RunQueue = field(default_factory=RunQueue)
    run_policy: Custom | None = None
    run_launcher: Launcher = field(default_factory=ProcessLauncher)
    run_launchers: tuple[NamedLauncher, ...] = ()
    compute_logs: ComputeLogs = field(default_factory=LocalComputeLogs)
    run_monitoring: RunMonitoring = field(default_factory=RunMonitoring)
    run_retries: RunRetries = field(default_factory=RunRetries)
    pools: Pools = field(default_factory=Pools)
    scheduler: SchedulerConfig = field(default_factory=SchedulerConfig)
    schedules: Workers = field(default_factory=Workers)
    sensors: Workers = field(default_factory=Workers)
    backfills: Workers = field(default_factory=lambda: Workers(num_workers=4))
    auto_materialize: AutoMaterialize = field(default_factory=AutoMaterialize)
    freshness: Freshness = field(default_factory=Freshness)
    code_servers: CodeServers = field(default_factory=CodeServers)
    retention: Retention = field(default_factory=Retention)
    python_logs: PythonLogs = field(default_factory=PythonLogs)
    leases: Leases = field(default_factory=Leases)
    services: ServicesConfig = field(default_factory=ServicesConfig)
    tls: Tls = field(default_factory=Tls)
    auth: Auth = field(default_factory=Auth)
    artifacts: Path = Path("storage")
    notes: tuple[Note, ...] = ()

    def path(self, relative: Path) -> Path:
        """Returns where a path of the file is: relative ones are below the home."""
        return self.home / relative


def _purge_after_days(value: Any) -> Any:
    if not isinstance(value, Mapping) or set(value) != {"purge_after_days"}:
        return value
    days = value["purge_after_days"]
    return days if isinstance(days, Mapping) else dict.fromkeys(("skipped", "success", "failure"), days)

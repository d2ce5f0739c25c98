"""Which points break while what is done."""

from __future__ import annotations

from dataclasses import dataclass

from rig.cluster import LOCATION


@dataclass(frozen=True, slots=True)
class Case:
    """Points of one kind of process, and a scenario that reaches all of them.

    Attributes:
        scenario: Its name in `scenarios`.
        member: The process that breaks.
        points: Where it does.
        rare: Whether it is left to those who break everything at length.
    """

    scenario: str
    member: str
    points: tuple[str, ...]
    rare: bool = False

    def __str__(self) -> str:
        what = self.points[0] if len(self.points) == 1 else self.member
        return f"{what}-{self.scenario}"

    def each(self) -> list[Case]:
        """Returns a case for each point by itself."""
        return [Case(self.scenario, self.member, (point,)) for point in self.points]


def _around_commits(*intents: str) -> tuple[str, ...]:
    return tuple(f"storage.{moment}_commit.{intent}" for intent in intents for moment in ("before", "after"))


CASES = (
    Case("run", "storage", _around_commits("create_run", "admit_runs", "claim_messages", "claim_run")),
    Case("run", "storage", _around_commits("append_events", "renew_run_lease", "commit_transition")),
    Case("run", "storage", (*_around_commits("ack_messages"), "outbox.before_mark"), rare=True),
    Case("lost_worker", "storage", _around_commits("expire_run_lease")),
    Case("sensor", "storage", _around_commits("set_instigator_state", "acquire_lease", "renew_lease", "commit_ticks")),
    Case("schedule", "storage", _around_commits("commit_tick")),
    Case("pooled", "storage", _around_commits("set_pool_limit", "claim_pool_slots")),
    Case("backfill", "storage", _around_commits("create_backfill", "commit_backfill_step", "cancel_backfill")),
    Case("changes", "storage", _around_commits("add_run_tags", "change_dynamic_partitions"), rare=True),
    Case("changes", "storage", _around_commits("report_asset_events", "wipe_asset"), rare=True),
    Case(
        "housekeeping",
        "storage",
        _around_commits(
            "prune_request_ids",
            "prune_ticks",
            "prune_runs",
            "prune_events",
            "prune_replicas",
            "prune_step_attempts",
            "prune_audit",
        ),
        rare=True,
    ),
    Case("housekeeping", "storage", _around_commits("report_replica"), rare=True),
    Case("apart", "storage", _around_commits("order_step", "claim_step", "report_step", "watch_steps")),
    Case("audited", "storage", _around_commits("append_audit_entries"), rare=True),
    Case("removal", "storage", _around_commits("delete_run"), rare=True),
    Case("release", "storage", _around_commits("release_lease"), rare=True),
    Case("run", "coordinator", ("coordinator.before_reply", "coordinator.after_admit")),
    Case("run", "launcher", ("launcher.after_claim", "launcher.after_spawn", "launcher.before_record")),
    Case("sensor", "scheduler", ("sensor.after_evaluate", "scheduler.before_commit", "scheduler.after_commit")),
    Case("told", "scheduler", ("sensor.after_evaluate", "scheduler.before_commit", "scheduler.after_commit")),
    Case("schedule", "scheduler", ("scheduler.after_evaluate", "scheduler.before_commit", "scheduler.after_commit")),
    Case("run_in_worker", LOCATION, ("worker.before_claim", "worker.after_claim", "worker.mid_step")),
    Case("run", LOCATION, ("worker.before_finish", "worker.after_finish")),
    Case("run", LOCATION, ("lease.before_renew", "reporter.after_ack_before_trim")),
)

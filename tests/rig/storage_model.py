"""What storage promises, in memory and without a database: the other side of every comparison."""

from __future__ import annotations

from dataclasses import dataclass, field

from rig.storage import CANCELED, CANCELING, FAILED, QUEUED, RUNNING, STARTING, SUCCEEDED

OVER = (SUCCEEDED, FAILED, CANCELED)


@dataclass
class ModelRun:
    """A run as it must be."""

    run_id: str
    priority: int
    created: int
    state: int = QUEUED
    epoch: int = 0
    attempt: int = 0
    token: str = ""
    run_token: str = ""
    batch: int = 0
    ended: bool = False
    events: list[str] = field(default_factory=list)

    def move(self, state: int) -> None:
        previous, self.state = self.state, state
        self.events.append(f"{previous}>{state}")
        if state == STARTING:
            self.epoch, self.attempt = self.epoch + 1, self.attempt + 1
        if state == CANCELING and not self.run_token:
            self.ended = True
        if state not in (RUNNING, CANCELING):
            self.token, self.run_token, self.batch, self.ended = "", "", 0, False

    def may_report(self, epoch: int, run_token: str) -> bool:
        holds = self.state in (RUNNING, CANCELING) and not self.ended
        return holds and (epoch, run_token) == (self.epoch, self.run_token)


@dataclass
class Model:
    """A store as it must be."""

    runs: dict[str, ModelRun] = field(default_factory=dict)
    feed: list[tuple[str, int]] = field(default_factory=list)
    assets: dict[str, int] = field(default_factory=dict)
    run_keys: set[str] = field(default_factory=set)
    ticks: dict[int, int] = field(default_factory=dict)
    made: int = 0
    lease_holder: str = ""
    lease_epoch: int = 0

    def create(self, run_id: str, priority: int = 0) -> ModelRun:
        self.made += 1
        run = ModelRun(run_id, priority, self.made)
        run.events.append(f"0>{QUEUED}")
        self.runs[run_id] = run
        self.log(run)
        return run

    def log(self, run: ModelRun) -> None:
        """Puts the newest events of a run into the feed."""
        known = sum(run_id == run.run_id for run_id, _ in self.feed)
        self.feed += [(run.run_id, sequence) for sequence in range(known + 1, len(run.events) + 1)]

    def queue(self) -> list[str]:
        waiting = [run for run in self.runs.values() if run.state == QUEUED]
        return [run.run_id for run in sorted(waiting, key=lambda run: (-run.priority, run.created))]

    def active(self) -> set[str]:
        return {run.run_id for run in self.runs.values() if run.state in (STARTING, RUNNING, CANCELING)}

    def delete(self, run_id: str) -> None:
        del self.runs[run_id]
        self.feed = [each for each in self.feed if each[0] != run_id]

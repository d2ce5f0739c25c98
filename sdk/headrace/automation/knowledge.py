"""What is known of assets and checks, kept by taking in one fact after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from headrace.automation.entities import EntityKey
from headrace.automation.facts import (
    BackfillBegan,
    BackfillEnded,
    EntityFacts,
    Fact,
    Forgotten,
    RunBegan,
    RunEnded,
    Target,
    Update,
)
from headrace.automation.parts import Parts
from headrace.automation.subset import Value
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition

Shapes = Callable[[EntityKey], PartitionsDefinition | None]
"""Tells the partitions of an asset or check."""


class Knowledge:
    """Takes in facts in order; taking one in again changes nothing but the list of updates.

    Args:
        shapes: Tells the partitions of an asset or check.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.position = 0
        self._shapes = shapes
        self._entities: dict[EntityKey, _Entity] = {}
        self._runs: dict[str, RunBegan] = {}
        self._backfills: dict[str, BackfillBegan] = {}

    @property
    def backfills(self) -> Mapping[str, BackfillBegan]:
        """The backfills that are under way."""
        return self._backfills

    @property
    def active_runs(self) -> Iterable[str]:
        """The runs that are not over."""
        return {run_id for entity in self._entities.values() for run_id in entity.runs}

    def take(self, facts: Iterable[Fact]) -> None:
        """Takes facts in, in order."""
        for fact in facts:
            if isinstance(fact, Update):
                self._updated(fact)
            elif isinstance(fact, RunBegan):
                self._began(fact)
            elif isinstance(fact, RunEnded):
                self._ended(fact)
            elif isinstance(fact, BackfillBegan):
                self._backfill_began(fact)
            elif isinstance(fact, BackfillEnded):
                self._backfill_ended(fact)
            else:
                self._forgotten(fact)

    def facts(self, key: EntityKey) -> EntityFacts | None:
        """What is known of an asset or check; None: nothing ever happened to it."""
        entity = self._entities.get(key)
        return None if entity is None else entity.facts(self._verdict_counts_from(key))

    def run(self, run_id: str) -> RunBegan | None:
        """What a run was for."""
        return self._runs.get(run_id)

    def trim(self, position: int) -> None:
        """Forgets updates up to a position that nobody will ask for again, and the runs that only they name."""
        for entity in self._entities.values():
            entity.updates = [each for each in entity.updates if each.position > position]
        named = {update.run_id for entity in self._entities.values() for update in entity.latest.values()}
        active = set(self.active_runs)
        self._runs = {run_id: run for run_id, run in self._runs.items() if run_id in named or run_id in active}

    def _entity(self, key: EntityKey) -> _Entity:
        entity = self._entities.get(key)
        if entity is None:
            entity = self._entities[key] = _Entity(self._shapes(key))
        return entity

    def _updated(self, update: Update) -> None:
        self.position = max(self.position, update.position)
        self._entity(update.key).updated(update)
        run = self._runs.get(update.run_id)
        if run is not None and update.key not in run.keys:
            # Checks are not always said to be planned, but they were made along.
            self._runs[run.run_id] = replace(run, keys=run.keys | {update.key})

    def _began(self, run: RunBegan) -> None:
        self._runs[run.run_id] = run
        for key in run.keys:
            self._entity(key).began(run)

    def _ended(self, end: RunEnded) -> None:
        run = self._runs.get(end.run_id)
        for key in run.keys if run is not None else ():
            self._entity(key).ended(end)

    def _backfill_began(self, backfill: BackfillBegan) -> None:
        self._backfills[backfill.backfill_id] = backfill
        for key, value in backfill.targets.items():
            self._entity(key).backfill_began(backfill.backfill_id, value)

    def _backfill_ended(self, end: BackfillEnded) -> None:
        backfill = self._backfills.pop(end.backfill_id, None)
        for key in backfill.targets if backfill is not None else ():
            self._entity(key).ahead.pop(end.backfill_id, None)

    def _forgotten(self, fact: Forgotten) -> None:
        if not fact.partitions:
            before = self._entities.pop(fact.key, None)
            if before is not None and (before.runs or before.ahead):
                # What is being made is no history.
                after = self._entity(fact.key)
                after.runs, after.ahead = before.runs, before.ahead
            return
        entity = self._entity(fact.key)
        for partition in fact.partitions:
            entity.forget(partition)

    def _verdict_counts_from(self, key: EntityKey) -> Mapping[str | None, Update]:
        """The updates after which a verdict of a check must have come to be about what there is."""
        asset = self._entities.get(key.asset_key) if isinstance(key, AssetCheckKey) else None
        return {} if asset is None else asset.latest


class _Entity:
    """What is known of one asset or check, as it grows."""

    def __init__(self, partitions_def: PartitionsDefinition | None) -> None:
        self.partitions_def = partitions_def
        self.made = Parts(partitions_def)
        self.failed = Parts(partitions_def)
        self.updates: list[Update] = []
        self.latest: dict[str | None, Update] = {}
        self.newest: Update | None = None
        self.runs: dict[str, RunBegan] = {}
        # Of each backfill, what none of its runs has begun with yet.
        self.ahead: dict[str, Parts] = {}
        self._made_by: dict[str, Parts] = {}
        self._failed_by: dict[str, Parts] = {}

    def updated(self, update: Update) -> None:
        before = self.latest.get(update.partition)
        self.made.add(update.partition)
        if before is not None and _is_old(update, before):
            return
        version = update.previous_version if before is None or _is_same(update, before) else before.data_version
        update = replace(update, previous_version=version)
        self.latest[update.partition] = update
        if self.newest is None or not _is_old(update, self.newest):
            self.newest = update
        if update.position:
            self.updates.append(update)
        if update.run_id in self.runs:
            self._made_by.setdefault(update.run_id, Parts(self.partitions_def)).add(update.partition)
        if update.run_id in self._failed_by:
            self.failed.remove(update.partition)

    def began(self, run: RunBegan) -> None:
        self.runs[run.run_id] = run
        self.failed.remove_target(run.target)
        if run.backfill_id in self.ahead:
            self.ahead[run.backfill_id].remove_target(run.target)

    def backfill_began(self, backfill_id: str, value: Value) -> None:
        ahead = self.ahead[backfill_id] = Parts(self.partitions_def)
        ahead.add_value(value)
        for run in self.runs.values():
            if run.backfill_id == backfill_id:
                ahead.remove_target(run.target)

    def ended(self, end: RunEnded) -> None:
        run = self.runs.pop(end.run_id, None)
        made = self._made_by.pop(end.run_id, None)
        if run is None or not end.failed:
            return
        failed = Parts(self.partitions_def)
        failed.add_target(run.target)
        if made is not None:
            failed.remove_value(made.value)
        self.failed.add_value(failed.value)
        self._failed_by[end.run_id] = failed

    def forget(self, partition: str) -> None:
        self.made.remove(partition)
        self.failed.remove(partition)
        self.latest.pop(partition, None)
        self.updates = [each for each in self.updates if each.partition != partition]

    def facts(self, asset_latest: Mapping[str | None, Update]) -> EntityFacts:
        passed, rejected = self._verdicts(asset_latest)
        return EntityFacts(
            made=self.made.value,
            running=self._targets(each.target for each in self.runs.values()),
            backfilling=self._backfilling(),
            failed=self.failed.value,
            passed=passed,
            rejected=rejected,
            updates=self.updates,
            latest=self.newest,
            latest_by_partition=self.latest,
        )

    def _backfilling(self) -> Value:
        parts = Parts(self.partitions_def)
        for run in self.runs.values():
            if run.backfill_id:
                parts.add_target(run.target)
        for ahead in self.ahead.values():
            parts.add_value(ahead.value)
        return parts.value

    def _targets(self, targets: Iterable[Target]) -> Value:
        parts = Parts(self.partitions_def)
        for target in targets:
            parts.add_target(target)
        return parts.value

    def _verdicts(self, asset_latest: Mapping[str | None, Update]) -> tuple[Value, Value]:
        passed, rejected = Parts(self.partitions_def), Parts(self.partitions_def)
        for partition, update in self.latest.items():
            about = asset_latest.get(partition)
            if about is None and partition is None:
                about = max(asset_latest.values(), key=lambda each: each.position, default=None)
            if update.passed is not None and (about is None or _is_about(update, about)):
                (passed if update.passed else rejected).add(partition)
        return passed.value, rejected.value


def _is_old(update: Update, known: Update) -> bool:
    """Whether an update tells nothing new; those from before anything was followed have the position 0."""
    return (update.position, update.time) < (known.position, known.time) or update.position == known.position > 0


def _is_same(update: Update, known: Update) -> bool:
    """Whether an update was known already from before it was followed."""
    return not known.position and (update.run_id, update.time) == (known.run_id, known.time)


def _is_about(verdict: Update, made: Update) -> bool:
    """Whether a verdict is about what was made, and not about what was there before."""
    in_one_run = bool(made.run_id) and verdict.run_id == made.run_id
    return in_one_run or (verdict.position, verdict.time) > (made.position, made.time)

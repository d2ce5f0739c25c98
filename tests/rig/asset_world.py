"""Assets to which things happen, and whose automation conditions are evaluated: without storage, in a time of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta, timezone
from typing import Any

import headrace as dg
from headrace.automation.conditions import conditions_of
from headrace.automation.cursor import AutomationCursor
from headrace.automation.entities import EntityKey
from headrace.automation.evaluation import Evaluation, evaluate
from headrace.automation.facts import BackfillBegan, BackfillEnded, Fact, RunBegan, RunEnded, Target, Update
from headrace.automation.knowledge import Knowledge
from headrace.automation.told import ToldPartitions
from headrace.automation.view import AssetGraphView, partitions_of

START = datetime(2026, 3, 4, 12, 0, tzinfo=timezone.utc)


class AssetWorld:
    """Definitions, what has happened to their assets, and the cursor of the last evaluation."""

    def __init__(self, *assets: dg.AssetsDefinition | dg.AssetSpec, now: datetime = START) -> None:
        self.now = now
        self.cursor = AutomationCursor()
        self.dynamic: dict[str, list[str]] = {}
        self._runs = 0
        self.define(*assets)

    def define(self, *assets: dg.AssetsDefinition | dg.AssetSpec) -> None:
        """Puts other definitions in place of those there are; what has happened is kept."""
        checks = [each for each in assets if isinstance(each, dg.AssetChecksDefinition)]
        definitions = dg.Definitions(assets=[each for each in assets if each not in checks], asset_checks=checks)
        self.graph = definitions.resolve_asset_graph()
        happened = self._happened if hasattr(self, "_happened") else []
        self._happened: list[Fact] = happened
        self.knowledge = Knowledge(lambda key: partitions_of(self.graph, key))
        self.knowledge.take(happened)

    def passes(self, **span: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**span)

    def made(
        self,
        name: str,
        partition: str | None = None,
        *,
        run_id: str = "",
        version: str | None = None,
        observed: bool = False,
    ) -> None:
        """An asset is made, or looked at."""
        self.passes(seconds=1)
        self._take(
            Update(
                dg.AssetKey(name),
                len(self._happened) + 1,
                self.now.timestamp(),
                partition,
                run_id,
                version,
                observed=observed,
            )
        )

    def judged(self, asset: str, check: str, *, passed: bool, run_id: str = "") -> None:
        """A check gives its verdict."""
        self.passes(seconds=1)
        key = dg.AssetCheckKey(dg.AssetKey(asset), check)
        self._take(Update(key, len(self._happened) + 1, self.now.timestamp(), run_id=run_id, passed=passed))

    def begins(
        self, *names: str, target: Target = None, tags: Mapping[str, str] | None = None, backfill_id: str = ""
    ) -> str:
        """A run begins to make assets."""
        self._runs += 1
        run_id = f"run {self._runs}"
        self._take(RunBegan(run_id, frozenset(map(dg.AssetKey, names)), target, tags or {}, backfill_id))
        return run_id

    def backfill_begins(self, backfill_id: str, name: str, *partitions: str) -> None:
        """A backfill is made of some partitions of an asset."""
        key = dg.AssetKey(name)
        partitions_def = partitions_of(self.graph, key)
        assert partitions_def is not None
        self._take(BackfillBegan(backfill_id, {key: partitions_def.subset_with_partition_keys(partitions)}))

    def backfill_ends(self, backfill_id: str) -> None:
        """A backfill is over."""
        self._take(BackfillEnded(backfill_id))

    def ends(self, run_id: str, *, failed: bool = False) -> None:
        """A run ends."""
        self._take(RunEnded(run_id, failed))

    def run(self, *names: str, partition: str | None = None, tags: Mapping[str, str] | None = None) -> None:
        """A run makes assets."""
        run_id = self.begins(*names, target=partition, tags=tags)
        for name in names:
            self.made(name, partition, run_id=run_id)
        self.ends(run_id)

    def evaluate(
        self,
        *,
        repeat_interval: float = 0.0,
        most_partitions: int | None = None,
        only: Set[EntityKey] | None = None,
        backfills: bool = False,
    ) -> Evaluation:
        """Evaluates the conditions and remembers the cursor, as text in between."""
        view = AssetGraphView(self.graph, self.knowledge, self.now, ToldPartitions(self.dynamic))
        conditions = conditions_of(self.graph, dg.AssetSelection.all(include_sources=True))
        evaluation = evaluate(
            conditions,
            view,
            self.cursor,
            only=only,
            backfills=backfills,
            repeat_interval=repeat_interval,
            most_partitions=most_partitions,
        )
        self.cursor = AutomationCursor.from_text(evaluation.cursor.to_text())
        return evaluation

    def requested_of(self, only: Set[EntityKey]) -> dict[str, Sequence[str] | bool]:
        """Evaluates some of the conditions, and returns what is requested by name."""
        return self.requested(only=only)

    def requested(self, **options: Any) -> dict[str, Sequence[str] | bool]:
        """Evaluates, and returns what is requested by name: partitions, or True."""
        evaluation = self.evaluate(**options)
        return {_name(key): _shown(subset.value) for key, subset in evaluation.requested.items()}

    def _take(self, fact: Fact) -> None:
        self._happened.append(fact)
        self.knowledge.take([fact])


def _name(key: EntityKey) -> str:
    return key.to_user_string()


def _shown(value: object) -> Sequence[str] | bool:
    return value if isinstance(value, bool) else list(value.get_partition_keys())  # type: ignore[attr-defined]

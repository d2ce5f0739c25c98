"""What user code asks an instance about runs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.execute.events.event_types import EventType
from headrace.instance.filters import EventQuery, RunsFilter
from headrace.instance.ledger import LedgerReader, RunPage
from headrace.instance.runs import RecordedRun, RunRecord, RunStats
from headrace.run_state import RunState

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.job import JobDefinition

_COUNTED = frozenset(
    {
        EventType.STEP_SUCCESS,
        EventType.STEP_FAILURE,
        EventType.ASSET_MATERIALIZATION,
        EventType.RUN_ENQUEUED,
        EventType.RUN_STARTING,
    }
)


class RunQuestions(LedgerReader):
    """The part of an instance that knows runs."""

    def get_run_by_id(self, run_id: str) -> RecordedRun | None:
        """A run; None if there is none.

        Args:
            run_id: The run.
        """
        record = self.get_run_record_by_id(run_id)
        return None if record is None else record.dagster_run

    def get_run_record_by_id(self, run_id: str) -> RunRecord | None:
        """A run and when it changed; None if there is none.

        Args:
            run_id: The run.
        """
        found = self._ledger.runs(RunsFilter(run_ids=[run_id]), RunPage(limit=1))
        return found[0] if found else None

    def has_run(self, run_id: str) -> bool:
        """Whether there is a run.

        Args:
            run_id: The run.
        """
        return self.get_run_record_by_id(run_id) is not None

    def get_run_records(
        self,
        filters: RunsFilter | None = None,
        limit: int | None = None,
        order_by: str | None = None,
        ascending: bool = False,
        cursor: str | None = None,
    ) -> Sequence[RunRecord]:
        """Runs and when they changed, newest first.

        Args:
            filters: Which runs; all when left out.
            limit: At most this many.
            order_by: `create_timestamp`, `update_timestamp`, `start_time` or `end_time`; as they were made when left out.
            ascending: Oldest first instead.
            cursor: Only those after the run with this id.
        """
        if order_by in (None, "id", "create_timestamp"):
            return self._ledger.runs(filters or RunsFilter(), RunPage(limit, cursor, ascending))
        found = self._ledger.runs(filters or RunsFilter(), RunPage(None, cursor, ascending))
        known = [each for each in found if getattr(each, str(order_by)) is not None]
        return sorted(known, key=lambda each: getattr(each, str(order_by)), reverse=not ascending)[:limit]

    def get_runs(
        self,
        filters: RunsFilter | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        ascending: bool = False,
    ) -> Sequence[RecordedRun]:
        """Runs, newest first.

        Args:
            filters: Which runs; all when left out.
            cursor: Only those after the run with this id.
            limit: At most this many.
            ascending: Oldest first instead.
        """
        found = self._ledger.runs(filters or RunsFilter(), RunPage(limit, cursor, ascending))
        return [each.dagster_run for each in found]

    def get_run_ids(
        self, filters: RunsFilter | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Sequence[str]:
        """The ids of runs, newest first.

        Args:
            filters: Which runs; all when left out.
            cursor: Only those after the run with this id.
            limit: At most this many.
        """
        return [each.run_id for each in self.get_runs(filters, cursor, limit)]

    def get_runs_count(self, filters: RunsFilter | None = None) -> int:
        """How many runs there are.

        Args:
            filters: Which runs; all when left out.
        """
        return self._ledger.count_runs(filters or RunsFilter())

    def get_run_tags(
        self, tag_keys: Sequence[str], value_prefix: str | None = None, limit: int | None = None
    ) -> Sequence[tuple[str, set[str]]]:
        """The values that tags of runs have.

        Args:
            tag_keys: The tags.
            value_prefix: Only values that begin so.
            limit: At most this many tags.
        """
        values: dict[str, set[str]] = {}
        for run in self.get_runs():
            for name in tag_keys:
                value = run.tags.get(name)
                if value is not None and value.startswith(value_prefix or ""):
                    values.setdefault(name, set()).add(value)
        return sorted(values.items())[:limit]

    def get_run_stats(self, run_id: str) -> RunStats:
        """How many steps of a run ended how.

        Args:
            run_id: The run.
        """
        record = self.get_run_record_by_id(run_id)
        times: dict[EventType | None, float] = {}
        counts: dict[EventType | None, int] = {}
        for each in self._ledger.events(EventQuery(run_id=run_id, event_types=_COUNTED, ascending=True)):
            kind = each.event_type
            counts[kind] = counts.get(kind, 0) + 1
            times.setdefault(kind, each.timestamp)
        return RunStats(
            run_id=run_id,
            steps_succeeded=counts.get(EventType.STEP_SUCCESS, 0),
            steps_failed=counts.get(EventType.STEP_FAILURE, 0),
            materializations=counts.get(EventType.ASSET_MATERIALIZATION, 0),
            expectations=0,
            enqueued_time=times.get(EventType.RUN_ENQUEUED),
            launch_time=times.get(EventType.RUN_STARTING),
            start_time=None if record is None else record.start_time,
            end_time=None if record is None else record.end_time,
        )

    def create_run_for_job(
        self,
        job_def: JobDefinition,
        execution_plan: Any = None,
        run_id: str | None = None,
        run_config: Mapping[str, Any] | None = None,
        resolved_op_selection: Any = None,
        status: RunState | None = None,
        tags: Mapping[str, str] | None = None,
        root_run_id: str | None = None,
        parent_run_id: str | None = None,
        op_selection: Sequence[str] | None = None,
        asset_selection: Iterable[AssetKey] | None = None,
        **accepted: Any,
    ) -> RecordedRun:
        """Records a run of a job without executing anything, for tests of what looks at runs.

        Args:
            job_def: The job.
            execution_plan: Accepted for older code; not used.
            run_id: The run's id; a new one when left out.
            run_config: Its config.
            resolved_op_selection: Accepted for older code; not used.
            status: The state it is in; queued when left out.
            tags: Its tags, added to those of the job.
            root_run_id: The first run of a chain of repetitions.
            parent_run_id: The run it repeats.
            op_selection: The ops it is narrowed down to.
            asset_selection: The assets it is narrowed down to.
            accepted: Whatever else older code gives; not used.
        """
        run = RecordedRun(
            run_id=run_id or str(uuid.uuid4()),
            job_name=job_def.name,
            run_config=dict(run_config or {}),
            tags={**job_def.run_tags, **(tags or {})},
            root_run_id=root_run_id,
            parent_run_id=parent_run_id,
            op_selection=op_selection,
            asset_selection=None if asset_selection is None else frozenset(asset_selection),
            state=status or RunState.QUEUED,
        )
        self._ledger.begin_run(run, time.time())
        return run

    def add_run_tags(self, run_id: str, new_tags: Mapping[str, str]) -> None:
        """Adds tags to a run.

        Args:
            run_id: The run.
            new_tags: The tags; they replace those of the same name.
        """
        self._ledger.tag_run(run_id, new_tags)

    def delete_run(self, run_id: str) -> None:
        """Removes a run and its events; what it made of assets stays known.

        Args:
            run_id: The run.
        """
        self._ledger.delete_run(run_id)

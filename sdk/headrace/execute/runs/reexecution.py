"""Which part of a run is executed again, and what of the runs before can be taken over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from headrace.errors import InvalidSubsetError, InvariantViolationError, RunNotFoundError, StepNotFoundError
from headrace.execute.events.event import OutputProduced, StepSkipped
from headrace.execute.events.event_types import EventType
from headrace.execute.planning.plan import ExecutionPlan, Step, upstream_steps
from headrace.execute.planning.planner import build_plan
from headrace.execute.planning.selection import steps_of_ops
from headrace.execute.planning.sources import FromFanIn, FromStep, Handle, parts_of, split_key

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.spec import RunSpec
    from headrace.instance.instance import Instance
    from headrace.instance.runs import RecordedRun

_SINGLE = re.compile(r"^[\w.]+\[[^\]?]+\]$")


@dataclass(frozen=True)
class ReexecutionOptions:
    """Which run is executed again, and which part of it.

    Args:
        parent_run_id: The run.
        step_selection: The steps, with `*` and `+` as in op selections, or `op[key]` for one value of a dynamic output; all
            when left out.
    """

    parent_run_id: str
    step_selection: Sequence[str] = ()

    @staticmethod
    def from_failure(run_id: str, instance: Instance) -> ReexecutionOptions:
        """The steps of a run that failed, and all that are made from what they give.

        Args:
            run_id: The run.
            instance: Where it is recorded.
        """
        run = _recorded(run_id, instance)
        if not run.is_failure:
            raise InvariantViolationError("Cannot reexecute from failure a run that is not failed")
        missed = instance.all_logs(run_id, of_type={EventType.STEP_FAILURE, EventType.STEP_SKIPPED})
        details = ((entry.step_key, entry.event.detail) for entry in missed)
        keys = [
            # What needs only some outputs may have succeeded; it is made anew, from what is made anew.
            f"{key}*" if not isinstance(detail, StepSkipped) and not _SINGLE.match(key) else key
            for key, detail in details
            if key and not (isinstance(detail, StepSkipped) and not detail.upstream_failed)
        ]
        return ReexecutionOptions(run_id, list(dict.fromkeys(keys)))


def again(job: JobDefinition, spec: RunSpec, options: ReexecutionOptions, instance: Instance) -> RunSpec:
    """The run that executes a part of another one again.

    Raises:
        RunNotFoundError: there is no such run.
        StepNotFoundError: the other run had no such step.
    """
    parent = _recorded(options.parent_run_id, instance)
    spec = replace(
        spec,
        parent_run_id=parent.run_id,
        root_run_id=parent.root_run_id or parent.run_id,
        op_selection=spec.op_selection if spec.op_selection is not None else parent.op_selection,
    )
    if spec.asset_selection is None and spec.asset_check_selection is None:
        spec = replace(
            spec,
            asset_selection=None if parent.asset_selection is None else sorted(parent.asset_selection),
            asset_check_selection=None
            if parent.asset_check_selection is None
            else sorted(parent.asset_check_selection),
        )
    if not options.step_selection:
        return spec
    before = _Before.of(parent, instance)
    steps = build_plan(job, spec).all_steps
    single = [clause for clause in options.step_selection if _SINGLE.match(clause)]
    before.check(single, steps)
    others = [clause for clause in options.step_selection if clause not in single]
    chosen = _chosen(others, steps, job.name)
    spec = replace(spec, step_keys=[*sorted(chosen), *single], mapping_keys=before.mapping_keys)
    possible = list(before.possible(build_plan(job, spec)))
    return replace(spec, step_keys=[key for key in spec.step_keys or () if key not in chosen or key in possible])


def _chosen(clauses: Sequence[str], steps: Mapping[str, Step], job_name: str) -> frozenset[str]:
    try:
        return steps_of_ops(clauses, {key: upstream_steps(step) for key, step in steps.items()}, job_name)
    except InvalidSubsetError as error:
        raise StepNotFoundError(f"{_unknown(clauses, steps)}{error}") from error


def _unknown(clauses: Sequence[str], steps: Mapping[str, Step]) -> str:
    """Which steps of a selection there are not; nothing where it is wrong in another way."""
    names = [clause.strip("+*") for clause in clauses]
    unknown = [name for name in names if name not in steps and not any(key.startswith(f"{name}.") for key in steps)]
    several = "s" if len(unknown) > 1 else ""
    return f"Step selection refers to unknown step{several}: {', '.join(unknown)}. " if unknown else ""


@dataclass
class _Before:
    """What a run and those that it was itself a repetition of have left.

    Attributes:
        produced: The outputs that there are.
        mapping_keys: Those of the dynamic outputs.
    """

    produced: set[Handle] = field(default_factory=set)
    mapping_keys: dict[Handle, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: RecordedRun | None, instance: Instance) -> _Before:
        before = cls()
        seen: set[str] = set()
        while run is not None and run.run_id not in seen:
            seen.add(run.run_id)
            before._take(run, instance)
            run = instance.get_run_by_id(run.parent_run_id) if run.parent_run_id is not None else None
        return before

    def _take(self, run: RecordedRun, instance: Instance) -> None:
        newest: dict[Handle, list[str]] = {}
        for entry in instance.all_logs(run.run_id, of_type=EventType.STEP_OUTPUT):
            detail = entry.event.detail
            if isinstance(detail, OutputProduced):
                handle = (str(entry.step_key), detail.output_name)
                self.produced.add(handle)
                if detail.mapping_key is not None:
                    newest.setdefault(handle, []).append(detail.mapping_key)
        self.mapping_keys = {**newest, **self.mapping_keys}

    def check(self, clauses: Sequence[str], steps: Mapping[str, Step]) -> None:
        """Refuses steps for values that were not there."""
        for clause in clauses:
            name, key = split_key(clause)
            over = steps[name].mapped_over if name in steps else None
            if over is None or (over in self.mapping_keys and key not in self.mapping_keys[over]):
                raise StepNotFoundError(f"Step selection refers to unknown step: {clause}")

    def possible(self, plan: ExecutionPlan) -> Iterator[str]:
        """The steps whose inputs are there or are made again; the others were left out before, and still are."""
        left_out: set[str] = set()
        for key, step in plan.steps.items():
            sources = [each.source for each in step.inputs if not isinstance(each.source, FromFanIn)]
            parts = [part for source in sources for part in parts_of(source)]
            if any(self._is_missing(part, left_out) for part in parts):
                left_out.add(key)
            else:
                yield key

    def _is_missing(self, part: FromStep, left_out: set[str]) -> bool:
        return part.step_key in left_out if part.run_id is None else part.handle not in self.produced


def _recorded(run_id: str, instance: Instance) -> RecordedRun:
    run = instance.get_run_by_id(run_id)
    if run is None:
        raise RunNotFoundError(f"There is no run {run_id!r} in this instance.")
    return run

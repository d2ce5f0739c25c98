"""The execution plan of a run: which steps, with which inputs from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headrace.execute.planning.sources import Handle, InputSource, parts_of

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.spec import AssetCheckSpec
    from headrace.definitions.graphs.structure import NodePath
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.ops.retries import RetryPolicy


@dataclass(frozen=True, slots=True)
class StepInput:
    """An input of a step; without a source there is nothing to load.

    Attributes:
        manager_key: The resource that loads it, where that is not the upstream output's.
    """

    name: str
    source: InputSource | None
    is_nothing: bool = False
    manager_key: str | None = None
    asset_key: AssetKey | None = None


@dataclass(frozen=True, slots=True)
class StepOutput:
    """An output that a step may produce.

    Attributes:
        check: The check whose verdict it is.
    """

    name: str
    manager_key: str
    is_required: bool = True
    asset_key: AssetKey | None = None
    check: AssetCheckSpec | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One op at its place in the job.

    Attributes:
        key: Its path, `parent.child`.
        selected_outputs: The outputs that this run is to produce.
        mapped_over: The dynamic output for each of whose values the step runs once; its key then is `key[mapping key]`.
    """

    key: str
    path: NodePath
    op: OpDefinition
    inputs: tuple[StepInput, ...] = ()
    outputs: Mapping[str, StepOutput] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    selected_outputs: frozenset[str] = frozenset()
    mapped_over: Handle | None = None

    @property
    def pool(self) -> str | None:
        """The pool whose limit the step counts against."""
        return self.op.pool


@dataclass(frozen=True, slots=True)
class ExecutionPlan:
    """The steps of a run, by key, every step after those it needs.

    Attributes:
        all_steps: Those of the whole job, to look up what is loaded from elsewhere.
    """

    steps: Mapping[str, Step]
    all_steps: Mapping[str, Step]


def upstream_steps(step: Step) -> frozenset[str]:
    """The keys of the steps whose outputs a step takes."""
    return frozenset(part.step_key for each in step.inputs for part in parts_of(each.source))

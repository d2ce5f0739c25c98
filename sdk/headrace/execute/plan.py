"""The execution plan of a run: which steps, with which inputs from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

from headrace.execute.spec import RunSpec

if TYPE_CHECKING:
    from headrace.definitions.asset_key import AssetKey
    from headrace.definitions.job import JobDefinition
    from headrace.definitions.retry import RetryPolicy

__all__ = [
    "ExecutionPlan",
    "FromAsset",
    "FromConfig",
    "FromDefault",
    "FromFanIn",
    "FromNothing",
    "FromStep",
    "FromValue",
    "InputSource",
    "RunSpec",
    "Step",
    "StepInput",
    "StepOutput",
    "build_plan",
]


@dataclass(frozen=True, slots=True)
class FromStep:
    """The output of a step of this run; of run `run_id` when that step is not part of this one."""

    step_key: str
    output: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class FromFanIn:
    """A list of sources, in order."""

    sources: tuple[InputSource, ...]


@dataclass(frozen=True, slots=True)
class FromConfig:
    """The value given for the input in the run config."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromDefault:
    """The default of the input's definition."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromValue:
    """A value handed in by the caller of an in-process run."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromAsset:
    """What an asset that this run does not make has stored."""

    asset_key: AssetKey
    manager_key: str = "io_manager"


@dataclass(frozen=True, slots=True)
class FromNothing:
    """An order without a value: the steps that must come first."""

    after: tuple[FromStep, ...] = ()


InputSource = Union[FromStep, FromFanIn, FromConfig, FromDefault, FromValue, FromAsset, FromNothing]


@dataclass(frozen=True, slots=True)
class StepInput:
    """An input of a step and where its value comes from."""

    name: str
    source: InputSource
    asset_key: AssetKey | None = None


@dataclass(frozen=True, slots=True)
class StepOutput:
    """An output that a step may produce."""

    name: str
    manager_key: str = "io_manager"
    is_required: bool = True
    asset_key: AssetKey | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One op at its place in the job; `key` is its path, `parent.child`."""

    key: str
    op_name: str
    inputs: tuple[StepInput, ...] = ()
    outputs: tuple[StepOutput, ...] = ()
    retry_policy: RetryPolicy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    pool: str | None = None
    required_resource_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExecutionPlan:
    """The steps of a run, by key, every step after those it needs."""

    steps: Mapping[str, Step]


def build_plan(job: JobDefinition, spec: RunSpec) -> ExecutionPlan:
    """Lay out the steps that `spec` asks of `job`.

    Raises:
        InvalidSubsetError: a selection names something the job does not have.
    """
    raise NotImplementedError

"""Where the value of an input comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.definitions.asset_key import AssetKey


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
    """A value for an input of the job itself, from its definition or from the caller of an in-process run."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromAsset:
    """What an asset that this run does not make has stored."""

    asset_key: AssetKey
    manager_key: str


InputSource = FromStep | FromFanIn | FromConfig | FromDefault | FromValue | FromAsset

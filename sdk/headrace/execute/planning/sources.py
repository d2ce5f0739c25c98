"""Where the value of an input comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headrace.undefined import UNDEFINED

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey


Handle = tuple[str, str]
"""A step's key and the name of one of its outputs."""


@dataclass(frozen=True, slots=True)
class FromStep:
    """The output of a step.

    Attributes:
        run_id: The run of the step, when it is not part of this one.
        mapping_key: Which of the values of a dynamic output.
        collected: All values of a dynamic output, or of a step that runs for each of them, as one list.
    """

    step_key: str
    output: str
    run_id: str | None = None
    mapping_key: str | None = None
    collected: bool = False

    @property
    def handle(self) -> Handle:
        """The step and the output."""
        return (self.step_key, self.output)


@dataclass(frozen=True, slots=True)
class FromFanIn:
    """A list of sources, in order."""

    sources: tuple[InputSource, ...]


@dataclass(frozen=True, slots=True)
class FromConfig:
    """The value given for an input in the run config, or its default.

    Attributes:
        path: The node whose section gives it; empty for an input of the job itself.
        name: The input of that node.
        default: Used when the run config gives none.
    """

    path: tuple[str, ...]
    name: str
    default: Any = UNDEFINED


@dataclass(frozen=True, slots=True)
class FromDefault:
    """The default of the input's definition."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromValue:
    """A value for an input of the job itself, from its definition or from the caller of an in-process run."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromInputManager:
    """What a resource of the input loads, without any output to load from."""

    manager_key: str


@dataclass(frozen=True, slots=True)
class FromAsset:
    """What an asset that this run does not make has stored."""

    asset_key: AssetKey
    manager_key: str


InputSource = FromStep | FromFanIn | FromConfig | FromDefault | FromValue | FromInputManager | FromAsset


def parts_of(source: InputSource | None) -> Iterator[FromStep]:
    """The outputs of steps that a source is made of."""
    if isinstance(source, FromStep):
        yield source
    elif isinstance(source, FromFanIn):
        for part in source.sources:
            yield from parts_of(part)


def concrete_key(key: str, mapping_key: str) -> str:
    """The key of a mapped step for one value."""
    return f"{key}[{mapping_key}]"


def split_key(key: str) -> tuple[str, str | None]:
    """The key of a step in the plan, and the mapping key if it is one for one value."""
    if not key.endswith("]"):
        return key, None
    name, _, mapping_key = key[:-1].partition("[")
    return name, mapping_key

"""What one evaluation leaves for the next, independent of definitions, which may change in between."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.automation.subset import EntitySubset
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import HeadraceError, InvalidInvocationError

_PREFIX = "automation/1:"


@dataclass(frozen=True)
class SavedSubset:
    """A subset as text: whether all of it, ranges of neighbouring keys, or keys."""

    whole: bool = False
    ranges: list[list[str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NodeCursor:
    """What one statement of a condition remembers.

    Attributes:
        subset: What was true of it.
        text: What it said.
        marks: Moments and numbers of evaluations.
    """

    subset: SavedSubset | None = None
    text: str | None = None
    marks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class EntityCursor:
    """What the evaluation of one asset or check leaves for the next.

    Attributes:
        time: When it was evaluated, in seconds since 1970.
        partitions: What kind of partitions it had.
        requested: What was requested.
        nodes: What the statements of its condition remember.
        lately: What was requested lately, at this evaluation or at some before.
        lately_time: When something was requested last.
    """

    time: float
    partitions: str
    requested: SavedSubset
    nodes: Mapping[str, NodeCursor] = field(default_factory=dict)
    lately: SavedSubset = SavedSubset()
    lately_time: float = 0.0


@dataclass(frozen=True)
class AutomationCursor:
    """What an evaluation leaves for the next.

    Attributes:
        evaluation_id: How many evaluations there were.
        position: The newest fact that was known.
        entities: By asset or check, as `text_of` writes it.
    """

    evaluation_id: int = 0
    position: int = 0
    entities: Mapping[str, EntityCursor] = field(default_factory=dict)

    def to_text(self) -> str:
        """The cursor as text."""
        written = {
            "evaluation_id": self.evaluation_id,
            "position": self.position,
            "entities": {key: _written_entity(each) for key, each in self.entities.items()},
        }
        packed = zlib.compress(json.dumps(written, separators=(",", ":")).encode())
        return _PREFIX + base64.b64encode(packed).decode()

    @staticmethod
    def from_text(text: str) -> AutomationCursor:
        """Reads what `to_text` wrote; raises `InvalidInvocationError` for anything else."""
        if not text.startswith(_PREFIX):
            raise InvalidInvocationError("This is no cursor of automation conditions.")
        read = json.loads(zlib.decompress(base64.b64decode(text.removeprefix(_PREFIX))))
        entities = {key: _entity(each) for key, each in read.get("entities", {}).items()}
        return AutomationCursor(read.get("evaluation_id", 0), read.get("position", 0), entities)


def save(subset: EntitySubset) -> SavedSubset:
    """Writes a subset."""
    value = subset.value
    if isinstance(value, bool):
        return SavedSubset(whole=value)
    if isinstance(value.partitions_def, TimeWindowPartitionsDefinition):
        return SavedSubset(ranges=[list(each) for each in value.get_partition_key_ranges()])
    return SavedSubset(keys=[str(key) for key in value.get_partition_keys()])


def restore(saved: SavedSubset, full: EntitySubset) -> EntitySubset:
    """Reads a subset, as far as there are such partitions now."""
    partitions_def = full.partitions_def
    if partitions_def is None or isinstance(full.value, bool):
        return EntitySubset(full.key, saved.whole)
    value = partitions_def.empty_subset()
    for first, last in saved.ranges:
        try:
            value = value | partitions_def.subset_with_range(PartitionKeyRange(first, last))
        except HeadraceError:
            continue
    kept = [key for key in saved.keys if key in full.value]
    return EntitySubset(full.key, value.with_partition_keys(kept)) & full


def kind_of(partitions_def: PartitionsDefinition | None) -> str:
    """What kind of partitions these are: where it changed, nothing that was remembered of them holds."""
    if partitions_def is None:
        return ""
    if isinstance(partitions_def, TimeWindowPartitionsDefinition):
        return f"windows {partitions_def.cron_schedule} {partitions_def.timezone}"
    if isinstance(partitions_def, DynamicPartitionsDefinition):
        return f"dynamic {partitions_def.name}"
    return "multi" if isinstance(partitions_def, MultiPartitionsDefinition) else "static"


def _written_entity(cursor: EntityCursor) -> dict[str, Any]:
    return _sparse(
        time=cursor.time,
        partitions=cursor.partitions,
        requested=_written_subset(cursor.requested),
        nodes={name: _written_node(node) for name, node in cursor.nodes.items()},
        lately=_written_subset(cursor.lately),
        lately_time=cursor.lately_time,
    )


def _written_node(node: NodeCursor) -> dict[str, Any]:
    subset = None if node.subset is None else _written_subset(node.subset)
    return _sparse(subset=subset, text=node.text, marks=dict(node.marks))


def _written_subset(subset: SavedSubset) -> dict[str, Any]:
    return _sparse(whole=subset.whole, ranges=subset.ranges, keys=subset.keys)


def _sparse(**values: Any) -> dict[str, Any]:
    """The values without what is empty, which is read as empty again."""
    return {name: value for name, value in values.items() if value or value == ""}


def _entity(read: dict[str, Any]) -> EntityCursor:
    nodes = {name: _node(each) for name, each in read.get("nodes", {}).items()}
    requested, lately = _subset(read.get("requested")), _subset(read.get("lately"))
    partitions, lately_time = read.get("partitions", ""), read.get("lately_time", 0.0)
    return EntityCursor(read.get("time", 0.0), partitions, requested, nodes, lately, lately_time)


def _node(read: dict[str, Any]) -> NodeCursor:
    subset = _subset(read["subset"]) if "subset" in read else None
    return NodeCursor(subset, read.get("text"), read.get("marks", {}))


def _subset(read: dict[str, Any] | None) -> SavedSubset:
    return SavedSubset(**(read or {}))

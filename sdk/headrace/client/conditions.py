"""What was found of automation conditions, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headrace.api.types.v1 import automation_state_pb2 as pb
from headrace.client.plain import key_of


@dataclass(frozen=True, slots=True)
class ConditionEvaluation:
    """What was found of a condition of an asset or check, and of its parts.

    Attributes:
        key: The asset, as `a/b`, the check, as `a/b:name`, or the job.
        condition: What the condition states, or what people call it.
        candidate_count: For how many partitions it was asked; 1 for all of what has none.
        true_count: For how many it is true.
        partitions: For which partitions, some of them where there are many.
        parts: Its parts.
    """

    key: str
    condition: str
    candidate_count: int
    true_count: int
    partitions: tuple[str, ...] = ()
    parts: tuple[ConditionEvaluation, ...] = ()


def read_condition(message: pb.AutomationEvaluation) -> ConditionEvaluation:
    """Returns what was found as the client gives it out."""
    asset = message.job_name or key_of(message.asset_key)
    return ConditionEvaluation(
        key=f"{asset}:{message.check_name}" if message.check_name else asset,
        condition=message.condition,
        candidate_count=message.candidate_count,
        true_count=message.true_count,
        partitions=tuple(_partitions(message.true_subset)),
        parts=tuple(map(read_condition, message.parts)),
    )


def _partitions(subset: pb.PartitionSubset) -> Iterator[str]:
    yield from subset.partition_keys
    for each in subset.ranges:
        yield each.first_key if each.first_key == each.last_key else f"{each.first_key}...{each.last_key}"

"""Limits on how many steps with a tag may be in flight at once, within one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TagLimit:
    """At most `limit` steps in flight that carry the tag `key`.

    With `value`, only steps with that value count; with `per_value`, each value has a limit of its own.
    """

    key: str
    limit: int
    value: str | None = None
    per_value: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TagLimit:
        """Read one entry of an executor's `tag_concurrency_limits`."""
        value = config.get("value")
        if isinstance(value, Mapping):
            return cls(config["key"], config["limit"], per_value=bool(value.get("applyLimitPerUniqueValue")))
        return cls(config["key"], config["limit"], value=value)

    def concerns(self, tags: Mapping[str, str]) -> bool:
        """Whether a step with these tags counts against the limit."""
        return self.key in tags and (self.value is None or tags[self.key] == self.value)


@dataclass(frozen=True, slots=True)
class Slot:
    """What a step takes of one limit: one of the `limit` places for `value`."""

    rule: int
    value: str | None
    limit: int


Group = tuple[Slot, ...]
"""The slots a step needs; steps of one group are alike for every limit."""


class TagSlots:
    """Counts the steps in flight against every limit."""

    def __init__(self, limits: Iterable[TagLimit] = ()) -> None:
        self._limits = tuple(limits)
        self._taken: Counter[Slot] = Counter()

    def group(self, tags: Mapping[str, str]) -> Group:
        """The slots that a step with these tags needs."""
        return tuple(
            Slot(rule, tags[limit.key] if limit.per_value else None, limit.limit)
            for rule, limit in enumerate(self._limits)
            if limit.concerns(tags)
        )

    def take(self, group: Group) -> bool:
        """Take every slot of `group`; False, and nothing taken, when one is full."""
        if any(self._taken[slot] >= slot.limit for slot in group):
            return False
        self._taken.update(group)
        return True

    def free(self, group: Group) -> None:
        """Give back what `take` took."""
        self._taken.subtract(group)

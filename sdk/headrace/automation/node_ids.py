"""Names for the parts of conditions that stay the same when the condition around them changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from headrace.automation.entities import EntityKey, text_of
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.operator import Operator

_STATEFUL = frozenset(
    {
        Operator.CUSTOM,
        Operator.SINCE,
        Operator.NEWLY_TRUE,
        Operator.CODE_VERSION_CHANGED,
        Operator.ANY_DOWNSTREAM_CONDITIONS,
    }
)
_DETAILS = [
    (each.name, each.default)
    for each in fields(AutomationCondition)
    if each.name not in ("operator", "operands", "label")
]


class NodeIds:
    """Names the parts of a condition by what they state, so that what they remember outlives a change around them.

    Parts that users have written are numbered in addition: what they state is not known.

    Args:
        condition: The condition.
    """

    def __init__(self, condition: AutomationCondition) -> None:
        self._numbers = {id(each): number for number, each in enumerate(_custom(condition))}
        self._contents: dict[int, str] = {}
        self._stateful: dict[int, bool] = {}
        # Conditions that are put together during an evaluation must not give their place in memory to others.
        self._kept: list[AutomationCondition] = []

    def of(self, condition: AutomationCondition, key: EntityKey) -> str:
        """The name of a part that is evaluated for an asset or check."""
        return _digest(f"{self._content(condition)} {text_of(key)}")

    def is_stateful(self, condition: AutomationCondition) -> bool:
        """Whether a part must be evaluated even where it does not matter, as it remembers what it said."""
        known = self._stateful.get(id(condition))
        if known is None:
            known = condition.operator in _STATEFUL or any(map(self.is_stateful, condition.operands))
            self._stateful[id(condition)] = known
            self._kept.append(condition)
        return known

    def _content(self, condition: AutomationCondition) -> str:
        known = self._contents.get(id(condition))
        if known is None:
            inside = ",".join(map(self._content, condition.operands))
            known = self._contents[id(condition)] = f"{self._stated(condition)}({inside})"
            self._kept.append(condition)
        return known

    def _stated(self, condition: AutomationCondition) -> str:
        stated: list[Any] = [condition.operator.value]
        if condition.operator is Operator.CUSTOM:
            stated += [f"{type(condition).__module__}.{type(condition).__qualname__}", self._numbers.get(id(condition))]
        for name, plain in _DETAILS:
            value = getattr(condition, name)
            if value != plain:
                stated.append((name, sorted(value) if isinstance(value, frozenset) else value))
        return repr(stated) if len(stated) > 1 else str(stated[0])


def parts_of(condition: AutomationCondition) -> Iterator[AutomationCondition]:
    """A condition and all that it is made of."""
    yield condition
    for each in condition.operands:
        yield from parts_of(each)


def _custom(condition: AutomationCondition) -> Iterator[AutomationCondition]:
    return (each for each in parts_of(condition) if each.operator is Operator.CUSTOM)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

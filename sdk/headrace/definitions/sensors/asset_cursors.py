"""What a multi-asset sensor remembers of each asset that it watches. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from headrace.definitions.assets.key import AssetKey
from headrace.errors import InvalidInvocationError, InvariantViolationError

MOST_UNCONSUMED = 25


@dataclass(frozen=True)
class AssetCursor:
    """How far a sensor has got with one asset.

    Attributes:
        latest_consumed_event_partition: The partition of the newest materialization that it consumed.
        latest_consumed_event_id: The storage id of that materialization.
        trailing_unconsumed_partitioned_event_ids: What it left out before that: storage ids by partition.
    """

    latest_consumed_event_partition: str | None = None
    latest_consumed_event_id: int | None = None
    trailing_unconsumed_partitioned_event_ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def after(self) -> int:
        """Everything up to this storage id was seen."""
        return self.latest_consumed_event_id or 0

    def consumed(self, partition: str | None, storage_id: int, between: Mapping[str, int]) -> AssetCursor:
        """The cursor when one more materialization was consumed.

        Args:
            partition: Of the materialization.
            storage_id: Of the materialization.
            between: What was materialized after the cursor and before it: storage ids by partition.
        """
        left = dict(self.trailing_unconsumed_partitioned_event_ids)
        if storage_id <= self.after:
            if partition is not None and left.get(partition, storage_id + 1) <= storage_id:
                del left[partition]
            return replace(self, trailing_unconsumed_partitioned_event_ids=left)
        left = {**left, **between}
        if partition is not None:
            left.pop(partition, None)
        if len(left) >= MOST_UNCONSUMED:
            raise InvariantViolationError(
                f"{len(left)} partitions before this one were left out: you have reached the maximum number of trailing "
                f"unconsumed events, {MOST_UNCONSUMED}. Consume them first, or all with advance_all_cursors."
            )
        return AssetCursor(partition, storage_id, left)


class AssetCursors:
    """The cursors of all assets, as one text.

    Args:
        text: What `str` wrote; a number, which an asset sensor left, counts for every asset.
    """

    def __init__(self, text: str | None) -> None:
        self._of_all = AssetCursor(None, int(text)) if text and text.isdecimal() else AssetCursor()
        self._cursors: dict[str, AssetCursor] = {}
        if text and not text.isdecimal():
            self._cursors = {name: _cursor(value) for name, value in _document(text).items()}

    def get(self, key: AssetKey) -> AssetCursor:
        """The cursor of an asset."""
        return self._cursors.get(_name(key), self._of_all)

    def set(self, key: AssetKey, cursor: AssetCursor) -> None:
        """Sets the cursor of an asset."""
        self._cursors[_name(key)] = cursor

    def __str__(self) -> str:
        return json.dumps(
            {
                name: [
                    cursor.latest_consumed_event_partition,
                    cursor.latest_consumed_event_id,
                    dict(cursor.trailing_unconsumed_partitioned_event_ids),
                ]
                for name, cursor in self._cursors.items()
            }
        )


def _name(key: AssetKey) -> str:
    return f"AssetKey({list(key.path)!r})"


def _document(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInvocationError(f"{text!r} is no cursor of a sensor that watches several assets.")
    return found


def _cursor(value: object) -> AssetCursor:
    if not isinstance(value, list) or len(value) != 3:
        raise InvalidInvocationError(f"{value!r} is no cursor of an asset: partition, storage id, what was left out.")
    return AssetCursor(*value)

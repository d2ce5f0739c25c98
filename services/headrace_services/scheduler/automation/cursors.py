"""How far a sensor has followed what happens to assets, beside the cursor that its location left. Pure."""

from __future__ import annotations

from typing import NamedTuple

_SEPARATOR = "|"


class FeedCursor(NamedTuple):
    """The cursor of a sensor of automation conditions.

    Attributes:
        feed: The place in the feed up to which all events were taken into account. Empty: none yet.
        left: What the location left.
    """

    feed: str = ""
    left: str = ""

    @classmethod
    def read(cls, text: str) -> FeedCursor:
        """Reads what `str` wrote; what a user has set instead is left to the location to judge."""
        feed, separator, left = text.partition(_SEPARATOR)
        return cls(feed, left) if separator else cls("", text)

    def __str__(self) -> str:
        return f"{self.feed}{_SEPARATOR}{self.left}"

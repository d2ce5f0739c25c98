"""Filters of events, and the cursors that go with them: a list and a watch of the same filter share theirs."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.api.storage.v1.event_log_service_pb2 import EventFilter
from headrace.errors import CursorExpiredError
from headrace_services.storage import cursors
from headrace_services.storage.messages.event_messages import KINDS, asset_key_text
from headrace_services.storage.operations.checks import wrong
from headrace_services.storage.store.database import Position
from headrace_services.storage.store.feed import Wanted

_BEGINNING = Position(0, 0)


@dataclass(frozen=True)
class EventSelection:
    """A filter that was checked.

    Attributes:
        run_id: Of this run; empty for all.
        wanted: What else must hold.
        selected: What its cursors are made for.
        generation: Which database they are good for: another one counts anew.
    """

    run_id: str
    wanted: Wanted
    selected: str
    generation: str

    def run_cursor(self, sequence: int) -> str:
        return cursors.encode(self.selected, self.generation, sequence)

    def feed_cursor(self, position: Position) -> str:
        return cursors.encode(self.selected, self.generation, *position)

    def run_place(self, cursor: str) -> int:
        """Returns the sequence number after which to go on."""
        if not cursor:
            return 0
        generation, sequence = cursors.decode(cursor, self.selected, str, int)
        self._check(generation)
        return int(sequence)

    def feed_place(self, cursor: str) -> Position:
        """Returns the place in the feed after which to go on."""
        if not cursor:
            return _BEGINNING
        generation, xid, number = cursors.decode(cursor, self.selected, str, int, int)
        self._check(generation)
        return Position(xid, number)

    def expired(self) -> CursorExpiredError:
        """Returns the error that sends a reader back to the beginning."""
        oldest = self.run_cursor(0) if self.run_id else self.feed_cursor(_BEGINNING)
        return CursorExpiredError(
            "the cursor was made for a database that is no longer there: begin anew, or from the oldest cursor",
            metadata={"oldest_cursor": oldest},
        )

    def _check(self, generation: str) -> None:
        if generation != self.generation:
            raise self.expired()


def selection(filter: EventFilter, generation: str) -> EventSelection:
    """Checks a filter.

    Raises:
        InvalidArgumentError: it names a kind of event that there is not.
    """
    for kind in filter.kinds:
        if kind not in KINDS:
            raise wrong("filter.kinds", f"{kind} is no kind of event; there are {', '.join(KINDS)}")
    wanted = Wanted(
        kinds=tuple(sorted(KINDS[kind] for kind in set(filter.kinds))),
        asset_keys=tuple(sorted({asset_key_text(key) for key in filter.asset_keys})),
        step_key=filter.step_key,
    )
    return EventSelection(filter.run_id, wanted, cursors.filter_hash("events", filter), generation)

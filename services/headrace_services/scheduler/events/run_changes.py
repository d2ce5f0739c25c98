"""What run-status sensors have yet to be asked about, in the order of the feed of events.

The cursor of such a sensor is a place in the feed. It is committed with each tick, so that every change is asked about
once, over restarts and by whichever scheduler.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timezone

from headrace.api.storage.v1.event_log_service_pb2 import EventFilter, ListEventsRequest, ListEventsResponse
from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest
from headrace.api.storage.v1.tick_store_service_pb2 import SetInstigatorStateRequest
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.instigator_pb2 import Instigator
from headrace.api.types.v1.run_pb2 import RUN_STATE_FAILED
from headrace.api.types.v1.sensor_pb2 import SensorDefinition
from headrace.errors import CursorExpiredError, InvalidArgumentError, RunNotFoundError
from headrace.ids import Ids
from headrace.rpc.status import rpc_errors
from headrace_services.scheduler.events.feed import Feed
from headrace_services.scheduler.events.interest import concerns
from headrace_services.scheduler.instigators import Entry, Key, moment
from headrace_services.scheduler.occasions import RunChange
from headrace_services.scheduler.stubs import Storage

_PAGE, _MOST_STEPS = 500, 100
# A place is kept after this many events that did not concern the sensor: a restart reads no more than these again.
_KEEP_AFTER = 1_000


@dataclass(slots=True)
class _Reading:
    """How far a sensor has read.

    Attributes:
        kept: The cursor that storage keeps, when all that was handed out is committed.
        place: Up to where events were fetched.
        since: The moment before which nothing counts.
        fetched: Those that were not looked at yet, each with the place after it.
        passed: The place after the last that was looked at.
        unkept: How many were looked at since a place was kept.
    """

    kept: str
    place: str
    since: datetime
    fetched: deque[tuple[Event, str]] = field(default_factory=deque)
    passed: str = ""
    unkept: int = 0


class RunChanges:
    """Finds the next change that a sensor is to be asked about."""

    def __init__(self, feed: Feed, storage: Storage, ids: Ids) -> None:
        self._feed = feed
        self._storage = storage
        self._ids = ids
        self._readings: dict[Key, _Reading] = {}

    async def next(self, entry: Entry) -> RunChange | None:
        """Returns the next change; None when there is none now."""
        reading = self._reading(entry)
        while reading.fetched or await self._fetch(entry, reading):
            if not reading.fetched:
                continue
            event, after = reading.fetched.popleft()
            reading.passed = after
            reading.unkept += 1
            change = await self._change(entry, event, after) if moment(event.event_time) > reading.since else None
            if change is not None:
                # Should it not come to be committed, the cursors differ and it is read again.
                reading.kept, reading.unkept = after, 0
                return change
        return None

    def forget(self, key: Key) -> None:
        """Reads again from what is committed."""
        self._readings.pop(key, None)

    async def keep_place(self, entry: Entry) -> Instigator | None:
        """Has storage remember how far a sensor has read, when that is worth it; returns what it keeps then.

        Raises:
            AbortedError: the sensor changed since it was read.
        """
        reading = self._readings[entry.key]
        if not reading.passed or (entry.cursor and reading.unkept < _KEEP_AFTER):
            return None
        request = SetInstigatorStateRequest(
            request_id=self._ids.uuid7(),
            ref=entry.key.ref(),
            cursor=reading.passed,
            keep_state=True,
            etag=entry.etag,
        )
        with rpc_errors("storage"):
            answer = await self._storage.ticks.SetInstigatorState(request)
        reading.kept, reading.unkept = reading.passed, 0
        return answer.instigator

    def _reading(self, entry: Entry) -> _Reading:
        reading = self._readings.get(entry.key)
        if reading is None or reading.kept != entry.cursor:
            since = _since(entry, anew=not entry.cursor)
            place = entry.cursor or self._feed.mark_before(since)
            reading = self._readings[entry.key] = _Reading(entry.cursor, place, since)
        elif entry.active_since is not None:
            reading.since = max(reading.since, entry.active_since)
        return reading

    async def _fetch(self, entry: Entry, reading: _Reading) -> bool:
        try:
            page = await self._page(reading.place)
        except (CursorExpiredError, InvalidArgumentError):
            # The database is another one, or a user has set the cursor to something else: only times tell then.
            if not reading.place:
                raise
            reading.since = _since(entry, anew=True)
            page = await self._page("")
        reading.fetched.extend(zip(page.events, page.cursors, strict=True))
        reading.place = page.end_cursor
        if page.events or page.next_page_token:
            return True
        reading.passed = page.end_cursor
        return False

    async def _page(self, place: str) -> ListEventsResponse:
        request = ListEventsRequest(filter=self._feed.filter, page_size=_PAGE, page_token=place, with_cursors=True)
        with rpc_errors("storage"):
            return await self._storage.events.ListEvents(request)

    async def _change(self, entry: Entry, event: Event, after: str) -> RunChange | None:
        assert isinstance(entry.definition, SensorDefinition)
        if not concerns(entry.definition, entry.key.location_name, event.run_state_changed):
            return None
        try:
            with rpc_errors("storage"):
                run = (await self._storage.runs.GetRun(GetRunRequest(run_id=event.run_id))).run
                failures = await self._step_failures(event)
        except RunNotFoundError:
            # Somebody has deleted it meanwhile: there is nothing to be asked about.
            return None
        run.state = event.run_state_changed.state
        return RunChange(run, event, failures, after)

    async def _step_failures(self, event: Event) -> list[Event]:
        if event.run_state_changed.state != RUN_STATE_FAILED:
            return []
        filter = EventFilter(run_id=event.run_id, kinds=["step_failed"])
        request = ListEventsRequest(filter=filter, page_size=_MOST_STEPS)
        return list((await self._storage.events.ListEvents(request)).events)


def _since(entry: Entry, *, anew: bool) -> datetime:
    """Returns the moment before which nothing counts: the sensor was off or, if it begins anew, has been asked about it."""
    moments = [entry.active_since or entry.since, entry.last_tick if anew else None]
    return max((each for each in moments if each is not None), default=datetime.fromtimestamp(0, timezone.utc))

"""The watches of all sensors of automation conditions, and what one evaluation is about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headrace.api.coordinator.v1.coordinator_service_pb2 import GetDefinitionsRequest
from headrace.api.storage.v1.event_log_service_pb2 import ListEventsRequest, WatchEventsRequest, WatchEventsResponse
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import RUN_STATE_FAILED
from headrace.automation.facts import Fact, RunEnded, Update
from headrace.clock import Clock
from headrace.rpc.status import rpc_errors
from headrace_services.kit.follow import Follower
from headrace_services.kit.service import Peers
from headrace_services.scheduler.automation.backfills import ActiveBackfills
from headrace_services.scheduler.automation.catalog import Catalog
from headrace_services.scheduler.automation.cursors import FeedCursor
from headrace_services.scheduler.automation.reading import FILTER, Reader
from headrace_services.scheduler.automation.stubs import AssetStorage
from headrace_services.scheduler.automation.telling import began, facts_of, is_new_run
from headrace_services.scheduler.automation.watch import Mark, Watch
from headrace_services.scheduler.instigators import Entry, Key
from headrace_services.scheduler.occasions import Occasion
from headrace_services.scheduler.stubs import coordinator

logger = logging.getLogger(__name__)

_DEFINITIONS_SECONDS = 60.0
_PAGE = 1_000
# A sensor that was off for long has missed more than is worth reading: it begins anew.
_MOST_PAGES = 100


@dataclass
class Following:
    """A watch and the task that keeps it true."""

    watch: Watch
    task: asyncio.Task[None]


@dataclass
class AutomationDesk:
    """Keeps a watch for each sensor that is on.

    Attributes:
        backfills_changed: Has `tell_backfills` called soon.
        following: The watches.
        backfills: The backfills that are under way.
    """

    storage: AssetStorage
    peers: Peers
    clock: Clock
    wake: Callable[[], None]
    backfills_changed: Callable[[], None]
    following: dict[Key, Following] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.backfills = ActiveBackfills(self.storage, self.clock, self.backfills_changed)
        self._reader = Reader(self.storage)
        self._coordinator = coordinator(self.peers.channel("coordinator"))
        self._catalogs: dict[str, Catalog] = {}

    async def follow(self, entry: Entry, digest: str) -> Watch:
        """Returns the watch of a sensor, which is begun if there is none that holds."""
        known = self.following.get(entry.key)
        cursor = FeedCursor.read(entry.cursor)
        if known is not None and known.watch.holds(digest, cursor.feed) and not known.task.done():
            await self.backfills.tell(known.watch)
            return known.watch
        self.leave(entry.key)
        watch = await self._begun(entry, digest, cursor)
        task = asyncio.create_task(self._keep(watch), name=f"automation {entry.key.name}")
        self.following[entry.key] = Following(watch, task)
        return watch

    async def tell_backfills(self) -> None:
        """Reads which backfills are under way, tells all watches, and has what they wait for evaluated."""
        if not self.following:
            return
        self.backfills.expire()
        for each in list(self.following.values()):
            await self.backfills.tell(each.watch)
        self.wake()

    def leave(self, key: Key) -> None:
        """Ends a watch."""
        known = self.following.pop(key, None)
        if known is not None:
            known.task.cancel()

    async def occasion(
        self, watch: Watch, due: datetime, cursor: FeedCursor, *, everything: bool = False
    ) -> tuple[Occasion, Mark]:
        """What an evaluation is about, and how far it has come with that."""
        dynamic = await self._reader.dynamic(sorted(watch.catalog.dynamic_names))
        state, mark = watch.state(dynamic, due, everything=everything)
        return Occasion(due, cursor=cursor.left, automation_state=state, feed=mark[1]), mark

    async def occasion_by_hand(self, entry: Entry, digest: str, due: datetime, told: str | None) -> Occasion:
        """What an evaluation is about that somebody asks for: everything, as it is now."""
        cursor = FeedCursor.read(entry.cursor if told is None else told)
        self.backfills.expire()
        watch = await self._begun(entry, digest, cursor)
        await self._catch_up(watch)
        occasion, _ = await self.occasion(watch, due, cursor, everything=True)
        if occasion.automation_state is not None:
            occasion.automation_state.explain = True
        return occasion

    def close(self) -> None:
        """Ends all watches."""
        for key in list(self.following):
            self.leave(key)

    # Watching

    async def _begun(self, entry: Entry, digest: str, cursor: FeedCursor) -> Watch:
        """A watch that knows what was there; from the end of the feed if nothing says how far it had come."""
        catalog = await self._catalog(entry.key.location_name, digest)
        feed = cursor.feed if await self._reader.goes_on(cursor.feed) else await self._reader.head()
        watch = Watch(catalog, feed)
        watch.know(await self._reader.known(catalog))
        await self.backfills.tell(watch)
        return watch

    async def _catalog(self, location_name: str, digest: str) -> Catalog:
        known = self._catalogs.get(location_name)
        if known is not None and known.digest == digest:
            return known
        stream = self._coordinator.GetDefinitions(
            GetDefinitionsRequest(location_name=location_name), timeout=_DEFINITIONS_SECONDS
        )
        definitions: list[Definition] = []
        with rpc_errors("coordinator"):
            async for answer in stream:
                definitions.extend(answer.part.batch.definitions)
        catalog = self._catalogs[location_name] = Catalog.of(location_name, digest, definitions)
        return catalog

    async def _keep(self, watch: Watch) -> None:
        """Follows the feed from where the watch is."""

        async def handle(answer: WatchEventsResponse) -> None:
            await self._take(watch, answer.events, answer.cursor)
            if answer.caught_up:
                watch.caught_up = True
            self.wake()

        def open_watch(cursor: str) -> Any:
            # A follower whose cursor was refused begins anew; what is known here cannot be followed up any more.
            watch.is_lost = watch.caught_up and not cursor
            return self.storage.events.WatchEvents(WatchEventsRequest(filter=FILTER, cursor=watch.feed))

        await Follower("events of assets", open_watch, handle, self.clock).run()

    async def _catch_up(self, watch: Watch) -> None:
        """Reads what has happened since the place where the watch is."""
        for _ in range(_MOST_PAGES):
            request = ListEventsRequest(filter=FILTER, page_size=_PAGE, page_token=watch.feed, with_cursors=True)
            with rpc_errors("storage"):
                page = await self.storage.events.ListEvents(request)
            await self._take(watch, page.events, page.end_cursor)
            if not page.next_page_token:
                return

    async def _take(self, watch: Watch, events: Iterable[Event], feed: str) -> None:
        """Takes in an answer of the feed as a whole: an evaluation may begin while a run is being read."""
        facts: list[Fact] = []
        for event in events:
            facts += await self._facts(watch, event)
        watch.take(facts, feed, self.clock.now())

    async def _facts(self, watch: Watch, event: Event) -> list[Fact]:
        position = watch.next_position()
        if is_new_run(event):
            return await self._of_run(watch, event.run_id)
        facts = list(facts_of(event, position, watch.catalog))
        if event.run_id and not watch.knows_run(event.run_id) and any(isinstance(fact, Update) for fact in facts):
            # It began before anything was followed; conditions may ask for its tags and for what else it made.
            facts = [*await self._of_run(watch, event.run_id, also_over=True), *facts]
        return facts

    async def _of_run(self, watch: Watch, run_id: str, *, also_over: bool = False) -> list[Fact]:
        """What there is to tell of a run that nothing was told of yet."""
        run = None if watch.knows_run(run_id) else await self._reader.run(run_id)
        if run is None:
            return []
        fact, is_over = began(run, watch.catalog), run.HasField("finish_time")
        if not is_over:
            return [fact] if fact.keys or also_over else []
        return [fact, RunEnded(run_id, failed=run.state == RUN_STATE_FAILED)] if also_over else []

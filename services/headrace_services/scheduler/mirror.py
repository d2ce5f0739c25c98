"""Following what others know: the coordinator's locations and their definitions, and storage's instigators."""

from __future__ import annotations

import asyncio
import logging

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    GetDefinitionsRequest,
    WatchLocationsRequest,
    WatchLocationsResponse,
)
from headrace.api.storage.v1.run_queue_service_pb2 import WORK_KIND_INSTIGATOR, WatchWorkRequest, WatchWorkResponse
from headrace.api.storage.v1.tick_store_service_pb2 import ListInstigatorsRequest, SetInstigatorStateRequest
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_UNREACHABLE, Location
from headrace.clock import Clock
from headrace.errors import HeadraceError
from headrace.ids import Ids
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import rpc_errors
from headrace_services.kit.follow import Follower
from headrace_services.kit.service import Peers
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.instigators import Definition, Entry
from headrace_services.scheduler.stubs import Storage, coordinator

logger = logging.getLogger(__name__)

_PAGE = 1_000
_DEFINITIONS_SECONDS = 60.0
_PINS_AT_ONCE = 16
_READ_AGAIN = RetryPolicy(first_seconds=0.1, longest_seconds=5.0)


class Mirror:
    """Keeps the book true."""

    def __init__(self, book: Book, storage: Storage, peers: Peers, clock: Clock, ids: Ids) -> None:
        self._book = book
        self._storage = storage
        self._coordinator = coordinator(peers.channel("coordinator"))
        self._clock = clock
        self._ids = ids
        self._refreshing = asyncio.Lock()
        self._refreshes = 0
        self._locations = Follower(
            "locations",
            lambda cursor: self._coordinator.WatchLocations(WatchLocationsRequest(cursor=cursor)),
            self._take_locations,
            clock,
        )
        self._work = Follower(
            "instigators",
            lambda cursor: storage.queue.WatchWork(WatchWorkRequest(kinds=(WORK_KIND_INSTIGATOR,), cursor=cursor)),
            self._take_hint,
            clock,
        )

    async def follow(self) -> None:
        """Follows until it is canceled; nothing is evaluated before what storage keeps has been read."""
        await self._read_first()
        await asyncio.gather(self._locations.run(), self._work.run())

    async def refresh(self) -> None:
        """Reads all that storage keeps; whoever asks while that goes on waits for one more reading, together."""
        wanted = self._refreshes + 1 + self._refreshing.locked()
        async with self._refreshing:
            if self._refreshes < wanted:
                await self._read_instigators()
                self._refreshes += 1

    async def _read_first(self) -> None:
        failures = 0
        while True:
            try:
                return await self.refresh()
            except HeadraceError as error:
                failures += 1
                logger.warning("instigators cannot be read yet", extra={"problem": str(error)})
                await self._clock.sleep(_READ_AGAIN.delay(failures))

    async def _read_instigators(self) -> None:
        token = ""
        while True:
            request = ListInstigatorsRequest(page_size=_PAGE, page_token=token)
            with rpc_errors("storage"):
                page = await self._storage.ticks.ListInstigators(request)
            self._book.store(page.instigators)
            token = page.next_page_token
            if not token:
                self._book.count()
                return

    async def _take_hint(self, work: WatchWorkResponse) -> None:
        if WORK_KIND_INSTIGATOR in work.kinds:
            await self.refresh()

    async def _take_locations(self, answer: WatchLocationsResponse) -> None:
        for name in answer.removed_names:
            self._book.remove_place(name)
        for location in answer.locations:
            await self._take_location(location)
        self._book.knows_places = True

    async def _take_location(self, location: Location) -> None:
        usable = bool(location.definitions_digest) and location.state != LOCATION_STATE_UNREACHABLE
        place = self._book.set_place(location.name, location.address, usable=usable, problem=_problem(location))
        if not location.definitions_digest or location.definitions_digest == place.digest:
            return
        definitions = await self._definitions(location.name)
        fresh = self._book.define(location.name, location.definitions_digest, definitions)
        await self._pin(fresh)

    async def _definitions(self, name: str) -> list[Definition]:
        """Returns the schedules and sensors of a location; the rest of its definitions is not kept."""
        found: list[Definition] = []
        stream = self._coordinator.GetDefinitions(
            GetDefinitionsRequest(location_name=name), timeout=_DEFINITIONS_SECONDS
        )
        async for answer in stream:
            for definition in answer.part.batch.definitions:
                kind = definition.WhichOneof("kind")
                if kind == "schedule":
                    found.append(definition.schedule)
                elif kind == "sensor":
                    found.append(definition.sensor)
        return found

    async def _pin(self, entries: list[Entry]) -> None:
        """Has storage remember since when these are on: a restart must neither lose a tick nor make one up."""
        for start in range(0, len(entries), _PINS_AT_ONCE):
            await asyncio.gather(*map(self._pin_one, entries[start : start + _PINS_AT_ONCE]))

    async def _pin_one(self, entry: Entry) -> None:
        request = SetInstigatorStateRequest(request_id=self._ids.uuid7(), ref=entry.key.ref(), only_if_new=True)
        try:
            with rpc_errors("storage"):
                answer = await self._storage.ticks.SetInstigatorState(request)
        except HeadraceError as error:
            # Until its first tick is committed this replica alone knows; that is all that is lost.
            logger.warning("could not be remembered", extra={"instigator": entry.key.name, "problem": str(error)})
            return
        self._book.store([answer.instigator])


def _problem(location: Location) -> str:
    if location.HasField("failure"):
        where = f" ({location.failure.file}:{location.failure.line})" if location.failure.file else ""
        return f"{location.failure.type}: {location.failure.message}{where}"
    if location.state == LOCATION_STATE_UNREACHABLE:
        return f"nobody answers at {location.address}"
    return "" if location.definitions_digest else "its code is still being loaded"

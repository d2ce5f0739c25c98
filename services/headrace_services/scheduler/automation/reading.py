"""What storage knows already of the assets of a location."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing

from headrace.api.storage.v1.asset_index_service_pb2 import (
    GetPartitionStatesRequest,
    GetPartitionStatesResponse,
    ListAssetsRequest,
)
from headrace.api.storage.v1.event_log_service_pb2 import EventFilter, ListEventsRequest, WatchEventsRequest
from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest, ListRunsRequest, RunFilter
from headrace.api.types.v1.asset_pb2 import Asset
from headrace.api.types.v1.automation_state_pb2 import DynamicPartitionKeys
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import (
    RUN_STATE_CANCELING,
    RUN_STATE_QUEUED,
    RUN_STATE_RUNNING,
    RUN_STATE_STARTING,
    Run,
)
from headrace.automation.facts import Fact, RunBegan, RunEnded, Update
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.errors import CursorExpiredError, CursorMismatchError, NotFoundError
from headrace.rpc.status import rpc_errors
from headrace.wire.asset_keys import to_asset_key
from headrace_services.kit.dynamic_partitions import read_dynamic_keys
from headrace_services.kit.follow import answers
from headrace_services.scheduler.automation.catalog import Catalog
from headrace_services.scheduler.automation.stubs import AssetStorage
from headrace_services.scheduler.automation.telling import KINDS, began, update_of

FILTER = EventFilter(kinds=KINDS)
_ACTIVE = (RUN_STATE_QUEUED, RUN_STATE_STARTING, RUN_STATE_RUNNING, RUN_STATE_CANCELING)
_ASSETS, _RUNS, _PARTITIONS = 1_000, 500, 20_000
_AT_ONCE = 16


class Reader:
    """Reads what storage knows."""

    def __init__(self, storage: AssetStorage) -> None:
        self._storage = storage

    async def head(self) -> str:
        """Returns the present end of the feed."""
        stream = self._storage.events.WatchEvents(WatchEventsRequest(filter=FILTER, from_now=True))
        with rpc_errors("storage"):
            async with aclosing(answers(stream)) as responses:
                async for response in responses:
                    return str(response.cursor)
        return ""

    async def goes_on(self, feed: str) -> bool:
        """Tells whether the feed can be followed from a place."""
        if not feed:
            return False
        request = ListEventsRequest(filter=FILTER, page_size=1, page_token=feed)
        try:
            with rpc_errors("storage"):
                await self._storage.events.ListEvents(request)
        except (CursorExpiredError, CursorMismatchError):
            return False
        return True

    async def known(self, catalog: Catalog) -> list[Fact]:
        """Returns what has happened to the assets of a location, as far as conditions ask for it."""
        with rpc_errors("storage"):
            facts: list[Fact] = [each async for each in self._assets(catalog)]
            facts += await self._partitions(catalog)
            facts += [each async for each in self._active_runs(catalog)]
        return facts

    async def run(self, run_id: str) -> Run | None:
        """Returns a run; None if it was deleted."""
        try:
            with rpc_errors("storage"):
                return (await self._storage.runs.GetRun(GetRunRequest(run_id=run_id))).run
        except NotFoundError:
            return None

    async def dynamic(self, names: Iterable[str]) -> list[DynamicPartitionKeys]:
        """Returns the keys of dynamic partitions."""
        return [
            DynamicPartitionKeys(
                partitions_name=name, partition_keys=await read_dynamic_keys(self._storage.partitions, name)
            )
            for name in names
        ]

    async def _assets(self, catalog: Catalog) -> AsyncIterator[Fact]:
        token = ""
        while True:
            request = ListAssetsRequest(page_size=_ASSETS, page_token=token)
            page = await self._storage.assets.ListAssets(request)
            for asset in page.assets:
                for event in _latest(asset):
                    update = update_of(event, 0)
                    if update is not None and update.key in catalog.partitions:
                        yield update
            token = page.next_page_token
            if not token:
                return

    async def _active_runs(self, catalog: Catalog) -> AsyncIterator[Fact]:
        token = ""
        while True:
            request = ListRunsRequest(filter=RunFilter(states=_ACTIVE), page_size=_RUNS, page_token=token)
            page = await self._storage.runs.ListRuns(request)
            for run in page.runs:
                fact = began(run, catalog)
                if fact.keys:
                    yield fact
            token = page.next_page_token
            if not token:
                return

    async def _partitions(self, catalog: Catalog) -> list[Fact]:
        keys = [key for key, shape in catalog.partitions.items() if isinstance(key, AssetKey) and shape is not None]
        turns = asyncio.Semaphore(_AT_ONCE)

        async def of(key: AssetKey) -> list[Fact]:
            async with turns:
                return [each async for each in self._states(key)]

        return [fact for facts in await asyncio.gather(*map(of, keys)) for fact in facts]

    async def _states(self, key: AssetKey) -> AsyncIterator[Fact]:
        token = ""
        while True:
            request = GetPartitionStatesRequest(asset_key=to_asset_key(key), page_size=_PARTITIONS, page_token=token)
            page = await self._storage.assets.GetPartitionStates(request)
            for fact in _of_page(key, page):
                yield fact
            token = page.next_page_token
            if not token:
                return


def _latest(asset: Asset) -> list[Event]:
    """The newest events of an asset, in the order in which they happened as far as that is told."""
    made = [asset.latest_materialization] if asset.HasField("latest_materialization") else []
    seen = [asset.latest_observation] if asset.HasField("latest_observation") else []
    return [*seen, *made, *(check.latest_evaluation for check in asset.checks)]


def _of_page(key: AssetKey, page: GetPartitionStatesResponse) -> Iterable[Fact]:
    for each in page.made:
        yield Update(key, 0, 0.0, each.partition_key)
    for attempt in page.attempts:
        if attempt.failed and attempt.first_partition_key:
            target = PartitionKeyRange(attempt.first_partition_key, attempt.last_partition_key)
            yield RunBegan(attempt.run_id, frozenset([key]), target)
            yield RunEnded(attempt.run_id, failed=True)

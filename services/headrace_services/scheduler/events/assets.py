"""What has become of the assets that sensors watch, and waking those sensors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from headrace.api.codeloc.v1.code_location_service_pb2 import AssetRecord
from headrace.api.storage.v1.asset_index_service_pb2 import GetAssetRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_ASSET, SENSOR_KIND_MULTI_ASSET, SensorDefinition
from headrace.clock import Clock
from headrace.errors import AssetNotFoundError
from headrace.rpc.status import rpc_errors
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.events.feed import Feed
from headrace_services.scheduler.events.interest import watches
from headrace_services.scheduler.instigators import Entry
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.stubs import Storage

_AT_ONCE = 8


class WatchedAssets:
    """Wakes sensors when assets are made, and reads what they are then handed."""

    def __init__(self, book: Book, storage: Storage, metrics: SchedulerMetrics, clock: Clock, tasks: Tasks) -> None:
        self._book = book
        self._metrics = metrics
        self._storage = storage
        self._clock = clock
        self._feed = Feed("assets", ["asset_materialized"], storage, clock, tasks, self._heard, lambda: None)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def records(self, entry: Entry) -> Sequence[AssetRecord]:
        """Returns the newest materialization of each asset that a sensor watches; later ones wake it.

        Raises:
            HeadraceError: storage does not tell now.
        """
        definition = entry.definition
        entry.woken = None
        if not isinstance(definition, SensorDefinition) or not definition.watched_assets:
            return ()
        await self._feed.ready()
        found = await asyncio.gather(*map(self._record, definition.watched_assets))
        return [record for record in found if record is not None]

    async def _record(self, key: AssetKey) -> AssetRecord | None:
        async with self._turns:
            try:
                with rpc_errors("storage"):
                    asset = (await self._storage.assets.GetAsset(GetAssetRequest(asset_key=key))).asset
            except AssetNotFoundError:
                return None
        if not asset.HasField("latest_materialization"):
            return None
        return AssetRecord(event=asset.latest_materialization, mark=str(asset.latest_materialization_number))

    def _heard(self, events: Sequence[Event]) -> None:
        for entry in self._book.sensors(SENSOR_KIND_ASSET, SENSOR_KIND_MULTI_ASSET):
            assert isinstance(entry.definition, SensorDefinition)
            if any(watches(entry.definition, event) for event in events):
                self._metrics.woken(entry.key.location_name)
                entry.woken = entry.woken or self._clock.now()
                self._book.plan(entry.key)

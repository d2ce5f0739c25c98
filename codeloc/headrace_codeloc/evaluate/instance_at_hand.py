"""The instance that schedules and sensors may ask: first what came with the question, then the one at hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from headrace.api.codeloc.v1.code_location_service_pb2 import AssetRecord
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.instance.event_log import EventLogEntry, EventLogRecord
from headrace.instance.instance import Instance
from headrace.wire.recorded import from_entry


class InstanceAtHand:
    """An instance that is only connected to when it is asked something that nobody knows yet.

    Args:
        watched: The assets that a sensor watches.
        records: The newest materialization of those of them that were ever made.
    """

    def __init__(self, watched: Iterable[AssetKey] = (), records: Iterable[AssetRecord] = ()) -> None:
        self._records: dict[AssetKey, EventLogRecord | None] = dict.fromkeys(watched)
        for record in records:
            entry = from_entry(record.event)
            if entry is not None and entry.asset_key is not None:
                self._records[entry.asset_key] = EventLogRecord(int(record.mark), entry)

    def fetch_last_materialization(self, asset_key: AssetKey, partition: str | None = None) -> EventLogRecord | None:
        """The newest materialization of an asset, or of one of its partitions; None if it was never made.

        Args:
            asset_key: The asset.
            partition: The partition; any when left out.
        """
        if partition is None and asset_key in self._records:
            return self._records[asset_key]
        return self._instance.fetch_last_materialization(asset_key, partition)

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> EventLogEntry | None:
        """The newest materialization of an asset; None if it was never made.

        Args:
            asset_key: The asset.
        """
        record = self.fetch_last_materialization(AssetKey.from_coercible(asset_key))
        return None if record is None else record.event_log_entry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._instance, name)

    @cached_property
    def _instance(self) -> Instance:
        return Instance.at_hand()

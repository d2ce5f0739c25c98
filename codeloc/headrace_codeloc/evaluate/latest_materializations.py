"""What a sensor that watches assets asks its instance first, answered by what came with the question."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from headrace.api.codeloc.v1.code_location_service_pb2 import AssetRecord
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.instance.event_log import EventLogEntry, EventLogRecord
from headrace.instance.instance import Instance
from headrace.wire.recorded import from_entry


class LatestMaterializations:
    """The newest materialization of each asset that a sensor watches; for the rest, the instance at hand."""

    def __init__(self, records: Iterable[AssetRecord]) -> None:
        entries = ((record.mark, from_entry(record.event)) for record in records)
        self._records = {
            entry.asset_key: EventLogRecord(int(mark), entry) for mark, entry in entries if entry is not None
        }

    def fetch_last_materialization(self, asset_key: AssetKey, partition: str | None = None) -> EventLogRecord | None:
        """The newest materialization of an asset, or of one of its partitions; None if it was never made.

        Args:
            asset_key: The asset.
            partition: The partition; any when left out.
        """
        if partition is not None:
            return self._instance.fetch_last_materialization(asset_key, partition)
        return self._records.get(asset_key)

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> EventLogEntry | None:
        """The newest materialization of an asset; None if it was never made.

        Args:
            asset_key: The asset.
        """
        record = self._records.get(AssetKey.from_coercible(asset_key))
        return None if record is None else record.event_log_entry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._instance, name)

    @cached_property
    def _instance(self) -> Instance:
        return Instance.at_hand()

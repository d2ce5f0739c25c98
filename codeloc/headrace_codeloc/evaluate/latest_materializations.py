"""What a sensor that watches assets may ask its instance, answered by what came with the question."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.codeloc.v1.code_location_service_pb2 import AssetRecord
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.instance.event_log import EventLogEntry
from headrace.wire.recorded import from_entry


class LatestMaterializations:
    """The newest materialization of each asset that a sensor watches; a location asks nobody for more."""

    def __init__(self, records: Iterable[AssetRecord]) -> None:
        entries = (from_entry(record.event) for record in records)
        self._entries = {entry.asset_key: entry for entry in entries if entry is not None}

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> EventLogEntry | None:
        """The newest materialization of an asset that the sensor watches; None if it was never made.

        Args:
            asset_key: The asset.
        """
        return self._entries.get(AssetKey.from_coercible(asset_key))

"""What the function of a multi-asset sensor gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.sensors.asset_cursors import AssetCursor, AssetCursors
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.errors import InvalidInvocationError, InvariantViolationError
from headrace.instance.filters import AssetRecordsFilter

Monitored = Sequence[CoercibleToAssetKey] | AssetSelection
# Of one asset, between two evaluations.
_MOST_RECORDS = 10_000


class MultiAssetSensorEvaluationContext(SensorEvaluationContext):
    """What the function of a multi-asset sensor gets: the materializations of the assets it watches.

    It remembers for each asset which materialization it consumed last, and which partitions before that it left out.

    Args:
        monitored_assets: The assets.
        options: What `SensorEvaluationContext` takes.
    """

    made_by = "build_multi_asset_sensor_context"

    def __init__(self, *, monitored_assets: Monitored = (), **options: Any) -> None:
        super().__init__(**options)
        self.asset_keys: Sequence[AssetKey] = self._resolved(monitored_assets)
        self._initial = AssetCursors(self._cursor)
        self._cursors = AssetCursors(self._cursor)

    # What was made

    def latest_materialization_records_by_key(
        self, asset_keys: Sequence[AssetKey] | None = None
    ) -> Mapping[AssetKey, Any]:
        """The newest materialization of each asset that was not consumed; None where there is none.

        Args:
            asset_keys: The assets; all that it watches when left out.
        """
        return {key: self._newest(key) for key in (self.asset_keys if asset_keys is None else asset_keys)}

    def materialization_records_for_key(self, asset_key: AssetKey, limit: int | None = None) -> Sequence[Any]:
        """The materializations of an asset after the last that was consumed, oldest first.

        Args:
            asset_key: The asset.
            limit: At most this many.
        """
        return self._records(asset_key, limit or _MOST_RECORDS)

    def get_trailing_unconsumed_events(self, asset_key: AssetKey) -> Sequence[Any]:
        """What was left out before the last materialization that was consumed.

        Args:
            asset_key: The asset.
        """
        ids = sorted(self._get_cursor(asset_key).trailing_unconsumed_partitioned_event_ids.values())
        if not ids:
            return []
        wanted = AssetRecordsFilter(asset_key=asset_key, storage_ids=ids)
        return list(self.instance.fetch_materializations(wanted, limit=len(ids), ascending=True).records)

    def latest_materialization_records_by_partition(
        self, asset_key: AssetKey, after_cursor_partition: bool | None = False
    ) -> Mapping[str, Any]:
        """The newest materialization of each partition of an asset that was not consumed, in the order they were made.

        Args:
            asset_key: The asset.
            after_cursor_partition: Only partitions after that of the last materialization that was consumed.
        """
        partitions_def = self._partitions_of(asset_key)
        last = self.get_cursor_partition(asset_key) if after_cursor_partition else None
        keys = partitions_def.get_partition_keys(None, self._instance) if last is not None else ()
        later = set(keys[keys.index(last) + 1 :]) if last in keys else None
        found: dict[str, Any] = {}
        for record in (*self.get_trailing_unconsumed_events(asset_key), *self._records(asset_key, _MOST_RECORDS)):
            partition = record.partition_key
            if partition is not None and (later is None or partition in later):
                found.pop(partition, None)
                found[partition] = record
        return found

    def latest_materialization_records_by_partition_and_asset(self) -> Mapping[str, Mapping[AssetKey, Any]]:
        """The newest materializations that were not consumed, by partition and asset."""
        found: dict[str, dict[AssetKey, Any]] = defaultdict(dict)
        for key in self.asset_keys:
            for partition, record in self.latest_materialization_records_by_partition(key).items():
                found[partition][key] = record
        return found

    def all_partitions_materialized(self, asset_key: AssetKey, partitions: Sequence[str] | None = None) -> bool:
        """Whether all partitions of an asset were ever made.

        Args:
            asset_key: The asset.
            partitions: The partitions; all when left out.
        """
        wanted = partitions or self._partitions_of(asset_key).get_partition_keys(None, self._instance)
        return set(self.instance.get_materialized_partitions(asset_key)).issuperset(wanted)

    # What it consumed

    def get_cursor_partition(self, asset_key: AssetKey | None) -> str | None:
        """The partition of the materialization of an asset that was consumed last.

        Args:
            asset_key: The asset; needed only if it watches several.
        """
        if asset_key is None and len(self.asset_keys) != 1:
            raise InvalidInvocationError("The sensor watches several assets: name one.")
        return self._get_cursor(self.asset_keys[0] if asset_key is None else asset_key).latest_consumed_event_partition

    def advance_cursor(self, materialization_records_by_key: Mapping[AssetKey, Any]) -> None:
        """Consumes materializations; partitions that were made before and are left out are remembered.

        Args:
            materialization_records_by_key: The materialization that was consumed, by asset; None for none.
        """
        for key, record in materialization_records_by_key.items():
            if key not in self.asset_keys:
                raise InvalidInvocationError(f"The sensor does not watch {key.to_user_string()!r}.")
            if record is not None:
                self._cursors.set(key, self._consumed(key, record))
        self.update_cursor(str(self._cursors))

    def advance_all_cursors(self) -> None:
        """Consumes everything that was made of all its assets."""
        for key, record in self.latest_materialization_records_by_key().items():
            cursor = self._get_cursor(key)
            partition, storage_id = cursor.latest_consumed_event_partition, cursor.latest_consumed_event_id
            if record is not None:
                partition, storage_id = record.partition_key, record.storage_id
            if storage_id is not None:
                self._cursors.set(key, AssetCursor(partition, storage_id))
        self.update_cursor(str(self._cursors))
        self._initial = AssetCursors(self._cursor)

    # How assets relate

    @property
    def assets_defs_by_key(self) -> Mapping[AssetKey, AssetsDefinition | None]:
        """The definitions of the assets that it watches; None for one that is defined elsewhere."""
        graph = self._graph()
        return {key: graph.assets_def_for(key) if key in graph.keys else None for key in self.asset_keys}

    def get_downstream_partition_keys(
        self, partition_key: str, from_asset_key: AssetKey, to_asset_key: AssetKey
    ) -> Sequence[str]:
        """The partitions of an asset below that are made of a partition of an asset above.

        Args:
            partition_key: The partition.
            from_asset_key: The asset above.
            to_asset_key: The asset below.
        """
        above, below = self._partitions_of(from_asset_key), self._partitions_of(to_asset_key)
        given = self._graph().get(to_asset_key).partition_mappings.get(from_asset_key)
        mapping = infer_partition_mapping(given, below, above)
        found = mapping.get_downstream_partitions_for_partitions(
            above.subset_with_partition_keys([partition_key]), above, below
        )
        return list(found.get_partition_keys())

    def _get_cursor(self, asset_key: AssetKey) -> AssetCursor:
        return self._cursors.get(asset_key)

    def _consumed(self, key: AssetKey, record: Any) -> AssetCursor:
        cursor = self._cursors.get(key)
        partition = record.partition_key
        if partition is None:
            return AssetCursor(None, max(record.storage_id, cursor.after))
        between = {
            each.partition_key: each.storage_id
            for each in self._records(key, _MOST_RECORDS, before=record.storage_id)
            if each.partition_key is not None
        }
        return cursor.consumed(partition, record.storage_id, between)

    def _newest(self, key: AssetKey) -> Any:
        record = self.instance.fetch_last_materialization(key)
        return record if record is not None and record.storage_id > self._cursors.get(key).after else None

    def _records(self, key: AssetKey, limit: int, before: int | None = None) -> Sequence[Any]:
        after = self._cursors.get(key).latest_consumed_event_id
        wanted = AssetRecordsFilter(asset_key=key, after_storage_id=after, before_storage_id=before)
        return list(self.instance.fetch_materializations(wanted, limit=limit, ascending=True).records)

    def _partitions_of(self, key: AssetKey) -> PartitionsDefinition:
        partitions_def: PartitionsDefinition | None = self._graph().get(key).partitions_def
        if partitions_def is None:
            raise InvariantViolationError(f"Asset {key.to_user_string()!r} has no partitions.")
        return partitions_def

    def _graph(self) -> Any:
        if self.definitions is None:
            raise InvariantViolationError("Assets are looked up in definitions; give definitions=... to the context.")
        return self.definitions.resolve_asset_graph()

    def _resolved(self, monitored: Monitored) -> Sequence[AssetKey]:
        if isinstance(monitored, AssetSelection):
            return sorted(monitored.resolve(self._graph()))
        return [AssetKey.from_coercible(each) for each in monitored]

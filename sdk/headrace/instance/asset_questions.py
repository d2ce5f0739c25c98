"""What user code asks an instance about assets and their partitions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.checks.result import AssetCheckEvaluation
from headrace.errors import InvalidInvocationError
from headrace.execute.events.event import Event
from headrace.execute.events.event_types import EventType
from headrace.execute.events.user_events import user_event_detail
from headrace.instance.assets import AssetCheckRecord, AssetPartitionStatus, AssetRecord
from headrace.instance.details import AssetWiped
from headrace.instance.filters import EventQuery
from headrace.instance.ledger import LedgerReader

if TYPE_CHECKING:
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
    from headrace.instance.event_log import EventLogEntry, EventLogRecord

_CODE_VERSION_TAGS = ("headrace/code_version", "dagster/code_version")


class AssetQuestions(LedgerReader):
    """The part of an instance that knows assets."""

    # What was made last

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> EventLogEntry | None:
        """The newest materialization of an asset; None if it was never made.

        Args:
            asset_key: The asset.
        """
        return self.get_latest_materialization_events([AssetKey.from_coercible(asset_key)]).popitem()[1]

    def get_latest_materialization_events(self, asset_keys: Iterable[AssetKey]) -> dict[AssetKey, EventLogEntry | None]:
        """The newest materialization of each of several assets; None for those that were never made.

        Args:
            asset_keys: The assets.
        """
        keys = list(asset_keys)
        known = {each.asset_key: each.asset_entry.last_materialization for each in self._ledger.asset_records(keys)}
        return {key: known.get(key) for key in keys}

    def get_latest_materialization_code_versions(self, asset_keys: Iterable[AssetKey]) -> Mapping[AssetKey, str | None]:
        """The version of the code that made each asset last.

        Args:
            asset_keys: The assets.
        """
        made = self.get_latest_materialization_events(asset_keys)
        return {
            key: None
            if entry is None
            else next((entry.tags[tag] for tag in _CODE_VERSION_TAGS if tag in entry.tags), None)
            for key, entry in made.items()
        }

    def get_latest_data_version_record(
        self,
        key: AssetKey,
        is_source: bool | None = None,
        partition_key: str | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> EventLogRecord | None:
        """The newest event that tells the version of an asset's data: a materialization, or an observation of a source.

        Args:
            key: The asset.
            is_source: Whether the asset is only looked at; found out when left out.
            partition_key: The partition.
            before_cursor: Only events stored before the one with this storage id.
            after_cursor: Only events stored after it.
        """
        kinds = {
            True: (EventType.ASSET_OBSERVATION,),
            False: (EventType.ASSET_MATERIALIZATION,),
            None: (EventType.ASSET_MATERIALIZATION, EventType.ASSET_OBSERVATION),
        }[is_source]
        for kind in kinds:
            found = self._ledger.events(
                EventQuery(
                    event_types=(kind,),
                    asset_key=key,
                    partitions=None if partition_key is None else (partition_key,),
                    before_id=before_cursor,
                    after_id=after_cursor,
                    limit=1,
                )
            )
            if found:
                return found[0]
        return None

    def get_latest_asset_check_evaluation_record(
        self, asset_check_key: AssetCheckKey, partition: str | None = None
    ) -> AssetCheckRecord | None:
        """The newest verdict of a check; None if it never gave one.

        Args:
            asset_check_key: The check.
            partition: Only if the verdict is about this partition.
        """
        return self._ledger.latest_check(asset_check_key, partition)

    # Which assets there are

    def get_asset_records(self, asset_keys: Sequence[AssetKey] | None = None) -> Sequence[AssetRecord]:
        """What is known of assets of which something was recorded.

        Args:
            asset_keys: The assets; all when left out.
        """
        return self._ledger.asset_records(asset_keys)

    def get_asset_keys(
        self, prefix: Sequence[str] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Sequence[AssetKey]:
        """The assets of which something was recorded, by key.

        Args:
            prefix: The parts with which their keys begin.
            limit: At most this many.
            cursor: Only those after this one, as `to_string` writes it.
        """
        return self._ledger.asset_keys(prefix or (), cursor or "", limit)

    def all_asset_keys(self) -> Sequence[AssetKey]:
        """All assets of which something was recorded."""
        return self.get_asset_keys()

    def has_asset_key(self, asset_key: AssetKey) -> bool:
        """Whether something was recorded of an asset.

        Args:
            asset_key: The asset.
        """
        return bool(self._ledger.asset_records([asset_key]))

    def wipe_assets(self, asset_keys: Sequence[AssetKey]) -> None:
        """Forgets what was recorded of assets; what their I/O managers have stored stays.

        Args:
            asset_keys: The assets.
        """
        for key in asset_keys:
            self._wipe(key, ())

    def wipe_asset_partitions(self, asset_key: AssetKey, partition_keys: Sequence[str]) -> None:
        """Forgets what was recorded of some partitions of an asset.

        Args:
            asset_key: The asset.
            partition_keys: The partitions.
        """
        self._wipe(asset_key, partition_keys)

    def _wipe(self, key: AssetKey, partitions: Sequence[str]) -> None:
        self._ledger.wipe(key, partitions)
        self._ledger.store(Event("", time.time(), "", 0, AssetWiped(key, tuple(partitions))))  # type: ignore[arg-type]

    # Partitions

    def get_materialized_partitions(
        self, asset_key: AssetKey, before_cursor: int | None = None, after_cursor: int | None = None
    ) -> AbstractSet[str]:
        """The partitions of an asset that were ever made.

        Args:
            asset_key: The asset.
            before_cursor: Only by events stored before the one with this storage id.
            after_cursor: Only by events stored after it.
        """
        if before_cursor is None and after_cursor is None:
            return self._ledger.partition_states(asset_key).materialized
        made = self._ledger.events(
            EventQuery(
                event_types=(EventType.ASSET_MATERIALIZATION,),
                asset_key=asset_key,
                before_id=before_cursor,
                after_id=after_cursor,
            )
        )
        return {each.partition_key for each in made if each.partition_key is not None}

    def get_status_by_partition(
        self, asset_key: AssetKey, partition_keys: Sequence[str], partitions_def: PartitionsDefinition
    ) -> Mapping[str, AssetPartitionStatus | None]:
        """What is known of partitions of an asset; None for those that were never asked for.

        Args:
            asset_key: The asset.
            partition_keys: The partitions.
            partitions_def: The set that they are of.
        """
        states = self._ledger.partition_states(asset_key, partition_keys)
        known: dict[str, AssetPartitionStatus] = {
            **dict.fromkeys(states.materialized, AssetPartitionStatus.MATERIALIZED),
            **dict.fromkeys(states.failed, AssetPartitionStatus.FAILED),
            **dict.fromkeys(states.in_progress, AssetPartitionStatus.IN_PROGRESS),
        }
        return {key: known.get(key) for key in partition_keys}

    def get_latest_storage_id_by_partition(
        self,
        asset_key: AssetKey,
        event_type: EventType,
        partitions: AbstractSet[str] | None = None,
        after_cursor: int | None = None,
    ) -> Mapping[str, int]:
        """Where the newest event of each partition of an asset is in the log.

        Args:
            asset_key: The asset.
            event_type: Events of this type.
            partitions: Of these partitions; of all when left out.
            after_cursor: Only events stored after the one with this storage id.
        """
        query = EventQuery(
            event_types=(event_type,),
            asset_key=asset_key,
            partitions=partitions,
            after_id=after_cursor,
            ascending=True,
        )
        found = self._ledger.events(query)
        return {each.partition_key: each.storage_id for each in found if each.partition_key is not None}

    # Events outside of runs

    def report_runless_asset_event(
        self, asset_event: AssetMaterialization | AssetObservation | AssetCheckEvaluation
    ) -> None:
        """Records that an asset was made, looked at or checked by something that is no run.

        Args:
            asset_event: What happened.
        """
        if not isinstance(asset_event, (AssetMaterialization, AssetObservation, AssetCheckEvaluation)):
            raise InvalidInvocationError(
                "report_runless_asset_event takes an AssetMaterialization, an AssetObservation or an "
                f"AssetCheckEvaluation, not {asset_event!r}."
            )
        self._ledger.store(Event("", time.time(), "", 0, user_event_detail(asset_event)))

"""Adding to every materialization which version of the data it is, and of what it was made.

This happens where the events of all steps come together: a step's own process knows nothing of the others. One that stores
its events itself is told of them, and tells of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.data_version import DATA_VERSION_TAG, provenance_tags
from headrace.definitions.assets.input_versions import InputVersions
from headrace.errors import HeadraceError
from headrace.execute.events.event import AssetMaterialized, AssetObserved, Event
from headrace.execute.planning.partitioned_run import dynamic_store_of

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.execute.runner import RunFrame
    from headrace.instance.instance import Instance

RecordedVersion = Callable[["AssetKey", "str | None"], "str | None"]
"""Takes an asset and a partition of it, or None, and tells the version of its newest data."""


class Stamping:
    """Takes events, and hands them on with tags about versions where they tell of an asset of the job.

    Args:
        frame: The run; its `emit` is where events go on to.
        recorded: Tells the version of what the run has not made itself.
        known: Versions that the run has made or seen elsewhere, of assets without partitions.
        store: Where the keys of dynamic partitions are; inputs that need them have no version without it.
    """

    def __init__(
        self,
        frame: RunFrame,
        recorded: RecordedVersion,
        known: Mapping[AssetKey, str] | None = None,
        store: Any = None,
    ) -> None:
        self._emit = frame.emit
        self._layer = frame.job.asset_layer
        self._run_id = frame.spec.run_id
        self._recorded = recorded
        # None for what has no version: that is not asked again.
        self._known: dict[tuple[AssetKey, str | None], str | None] = {
            (key, None): version for key, version in (known or {}).items()
        }
        specs = self._layer.specs if self._layer is not None else {}
        self._inputs = InputVersions(specs, self._version, store)

    @classmethod
    def by_records(cls, frame: RunFrame) -> Stamping:
        """Ask the instance of a run for what the run has not made itself."""
        return cls(frame, partial(_recorded, frame.instance), store=dynamic_store_of(frame.instance))

    @property
    def known(self) -> Mapping[AssetKey, str]:
        """The versions that are known so far, of assets without partitions."""
        return {key: version for (key, part), version in self._known.items() if part is None and version is not None}

    def __call__(self, event: Event) -> None:
        """Stamp an event and hand it on."""
        detail = event.detail
        if self._layer is not None and isinstance(detail, (AssetMaterialized, AssetObserved)):
            spec = self._layer.specs.get(detail.asset_key)
            if isinstance(detail, AssetMaterialized) and spec is not None:
                detail = self._stamped(detail, spec)
                event = replace(event, detail=detail)
            if DATA_VERSION_TAG in detail.tags:
                self._known[detail.asset_key, detail.partition] = detail.tags[DATA_VERSION_TAG]
        self._emit(event)

    def _stamped(self, detail: AssetMaterialized, spec: AssetSpec) -> AssetMaterialized:
        found = {dep.asset_key: self._inputs.of(dep, spec, detail.partition) for dep in spec.deps}
        inputs = {key: version for key, version in found.items() if version is not None}
        tags = provenance_tags(detail.tags, spec.code_version, self._run_id, inputs)
        return replace(detail, tags={**detail.tags, **tags})

    def _version(self, key: AssetKey, partition: str | None) -> str | None:
        if (key, partition) not in self._known:
            try:
                self._known[key, partition] = self._recorded(key, partition)
            except HeadraceError:
                # Nobody would want a step to fail, or to wait again and again, for want of a note about its input.
                self._recorded = unrecorded
                self._known[key, partition] = None
        return self._known[key, partition]


def unrecorded(key: AssetKey, partition: str | None) -> None:
    """Knows nothing of what a run has not made itself."""


def _recorded(instance: Instance | None, key: AssetKey, partition: str | None) -> str | None:
    record = instance.get_latest_data_version_record(key, partition_key=partition) if instance is not None else None
    event = record.asset_event if record is not None else None
    return event.tags.get(DATA_VERSION_TAG) if event is not None and event.tags else None

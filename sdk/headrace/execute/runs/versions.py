"""Adding to every materialization which version of the data it is, and of what it was made.

This happens where the events of all steps come together: a step's own process knows nothing of the others. One that stores
its events itself is told of them, and tells of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.definitions.assets.data_version import DATA_VERSION_TAG, provenance_tags
from headrace.errors import HeadraceError
from headrace.execute.events.event import AssetMaterialized, AssetObserved, Event

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.layer import AssetLayer
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.instance.instance import Instance

Emit = Callable[[Event], None]


class Stamping:
    """Takes events, and hands them on with tags about versions where they tell of an asset of the job.

    Args:
        emit: Where they go on to.
        layer: The assets of the job.
        run_id: The run.
        instance: Knows the versions of what this run has not made itself.
        known: Versions that the run has made or seen elsewhere.

    Attributes:
        known: What is known so far; None for an asset that has no version.
    """

    def __init__(
        self,
        emit: Emit,
        layer: AssetLayer | None,
        run_id: str,
        instance: Instance | None = None,
        known: Mapping[AssetKey, str] | None = None,
    ) -> None:
        self._emit = emit
        self._layer = layer
        self._run_id = run_id
        self._instance = instance
        self.known: dict[AssetKey, str | None] = dict(known or {})

    def __call__(self, event: Event) -> None:
        """Stamp an event and hand it on."""
        detail = event.detail
        if self._layer is not None and isinstance(detail, (AssetMaterialized, AssetObserved)):
            if isinstance(detail, AssetMaterialized) and detail.asset_key in self._layer.specs:
                detail = self._stamped(detail, self._layer)
                event = replace(event, detail=detail)
            if DATA_VERSION_TAG in detail.tags:
                self.known[detail.asset_key] = detail.tags[DATA_VERSION_TAG]
        self._emit(event)

    def _stamped(self, detail: AssetMaterialized, layer: AssetLayer) -> AssetMaterialized:
        spec = layer.specs[detail.asset_key]
        found = {dep.asset_key: self._version(dep.asset_key, spec, layer) for dep in spec.deps}
        inputs = {key: version for key, version in found.items() if version is not None}
        tags = provenance_tags(detail.tags, spec.code_version, self._run_id, inputs)
        return replace(detail, tags={**detail.tags, **tags})

    def _version(self, key: AssetKey, downstream: AssetSpec, layer: AssetLayer) -> str | None:
        if key not in self.known:
            upstream = layer.specs.get(key)
            # Of which partitions something is made, and so of which versions, no one tag can tell.
            partitioned = downstream.partitions_def or (upstream.partitions_def if upstream is not None else None)
            self.known[key] = None if partitioned or key == downstream.key else self._recorded(key)
        return self.known[key]

    def _recorded(self, key: AssetKey) -> str | None:
        if self._instance is None:
            return None
        try:
            record = self._instance.get_latest_data_version_record(key)
        except HeadraceError:
            # Nobody would want a step to fail for want of a note about its input.
            return None
        event = record.asset_event if record is not None else None
        return event.tags.get(DATA_VERSION_TAG) if event is not None and event.tags else None

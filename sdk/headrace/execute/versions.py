"""Adding to every materialization which version of the data it is, and of what it was made.

This happens where the events of all steps come together: a step's own process knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.definitions.assets.data_version import DATA_VERSION_TAG, provenance_tags
from headrace.errors import HeadraceError
from headrace.execute.events import AssetMaterialized, AssetObserved, Event

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.layer import AssetLayer
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.instance.instance import Instance

Emit = Callable[[Event], None]


def stamping(emit: Emit, layer: AssetLayer | None, run_id: str, instance: Instance | None = None) -> Emit:
    """Takes events, and hands them on with tags about versions where they tell of an asset of the job.

    Args:
        emit: Where they go on to.
        layer: The assets of the job.
        run_id: The run.
        instance: Knows the versions of what this run has not made itself.
    """
    if layer is None:
        return emit
    versions = _Versions(layer, instance)

    def stamp(event: Event) -> None:
        detail = event.detail
        if isinstance(detail, AssetMaterialized) and detail.asset_key in layer.specs:
            spec = layer.specs[detail.asset_key]
            inputs = versions.of(spec)
            tags = provenance_tags(detail.tags, spec.code_version, run_id, inputs)
            detail = replace(detail, tags={**detail.tags, **tags})
            event = replace(event, detail=detail)
        if isinstance(detail, (AssetMaterialized, AssetObserved)) and DATA_VERSION_TAG in detail.tags:
            versions.known[detail.asset_key] = detail.tags[DATA_VERSION_TAG]
        emit(event)

    return stamp


class _Versions:
    """The versions of assets: those that the run has made or seen, and the last ones of others.

    Attributes:
        known: What is known so far; None for an asset that has no version.
    """

    def __init__(self, layer: AssetLayer, instance: Instance | None) -> None:
        self._layer = layer
        self._instance = instance
        self.known: dict[AssetKey, str | None] = {}

    def of(self, spec: AssetSpec) -> dict[AssetKey, str]:
        """The versions of what an asset is made of, as far as there are any."""
        found = {dep.asset_key: self._version(dep.asset_key, spec) for dep in spec.deps}
        return {key: version for key, version in found.items() if version is not None}

    def _version(self, key: AssetKey, downstream: AssetSpec) -> str | None:
        if key not in self.known:
            upstream = self._layer.specs.get(key)
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

"""Adding to every materialization which version of the data it is, and of what it was made.

This happens where the events of all steps come together: a step's own process knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.definitions.assets.data_version import DATA_VERSION_TAG, provenance_tags
from headrace.execute.events import AssetMaterialized, AssetObserved, Event

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.layer import AssetLayer

Emit = Callable[[Event], None]


def stamping(emit: Emit, layer: AssetLayer | None, run_id: str) -> Emit:
    """Takes events, and hands them on with tags about versions where they tell of an asset of the job."""
    if layer is None:
        return emit
    known: dict[AssetKey, str] = {}

    def stamp(event: Event) -> None:
        detail = event.detail
        if isinstance(detail, AssetMaterialized) and detail.asset_key in layer.specs:
            spec = layer.specs[detail.asset_key]
            inputs = {dep.asset_key: known[dep.asset_key] for dep in spec.deps if dep.asset_key in known}
            tags = provenance_tags(detail.tags, spec.code_version, run_id, inputs)
            detail = replace(detail, tags={**detail.tags, **tags})
            event = replace(event, detail=detail)
        if isinstance(detail, (AssetMaterialized, AssetObserved)) and DATA_VERSION_TAG in detail.tags:
            known[detail.asset_key] = detail.tags[DATA_VERSION_TAG]
        emit(event)

    return stamp

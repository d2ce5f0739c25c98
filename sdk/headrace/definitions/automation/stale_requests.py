"""Requests for runs of what is stale alone."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.staleness import stale_keys
from headrace.definitions.automation.run_request import RunRequest
from headrace.errors import InvariantViolationError

NOTHING_STALE = "None of the assets that are asked for is stale."


def of_stale_assets(requests: Sequence[RunRequest], definitions: Any, instance: Any, what: str) -> list[RunRequest]:
    """The requests, those for stale assets only narrowed down to them; without those of which nothing is stale.

    Args:
        requests: The requests.
        definitions: What the assets are found in.
        instance: Knows what was made.
        what: The schedule or sensor, for messages.

    Raises:
        InvariantViolationError: it is not known what was made.
    """
    narrowed = (_narrowed(each, definitions, instance, what) if each.stale_assets_only else each for each in requests)
    return [each for each in narrowed if each is not None]


def _narrowed(request: RunRequest, definitions: Any, instance: Any, what: str) -> RunRequest | None:
    if definitions is None or instance is None:
        raise InvariantViolationError(
            f"{what} asks for stale assets only: give its context the instance, which knows what was made, and repository_def, which "
            "has the assets."
        )
    keys = _asked_for(request, definitions)
    if not keys:
        return request
    stale = stale_keys(definitions.asset_graph, keys, request.partition_key, instance)
    return replace(request, asset_selection=sorted(stale)) if stale else None


def _asked_for(request: RunRequest, definitions: Any) -> Set[AssetKey]:
    """The assets of a request; none if its job makes none."""
    if request.asset_selection is not None:
        return frozenset(request.asset_selection)
    layer = definitions.get_job(request.job_name).asset_layer
    return layer.selected_keys if layer is not None else frozenset()

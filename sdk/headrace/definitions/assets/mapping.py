"""Changing what is known about many assets at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.spec import AssetSpec

A = TypeVar("A", bound=AssetsDefinition | AssetSpec)


def map_asset_specs(func: Callable[[AssetSpec], AssetSpec], iterable: Iterable[A]) -> Sequence[A]:
    """The same assets with what is known about each changed by a function.

    Args:
        func: Takes a spec and returns the one to use instead, often by `spec.replace_attributes(...)`.
        iterable: Assets, with or without code.
    """
    return [each.map_asset_specs(func) if isinstance(each, AssetsDefinition) else func(each) for each in iterable]  # type: ignore[misc]

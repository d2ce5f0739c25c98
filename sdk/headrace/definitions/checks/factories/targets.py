"""The assets that a factory makes checks for, and the one function that makes them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import coerce_to_key, keys_of
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.multi_asset_check_decorator import multi_asset_check
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.checks.spec import AssetCheckSpec
from headrace.errors import InvalidDefinitionError

Judge = Callable[[Any, AssetKey], AssetCheckResult]
"""Gives a verdict, from the context and the asset."""


def target_keys(assets: Sequence[CoercibleToAssetKey | Any]) -> Sequence[AssetKey]:
    """The assets by their keys; several for what makes several. Each may be there only once."""
    if isinstance(assets, str) or not isinstance(assets, Sequence):
        raise InvalidDefinitionError(f"Checks are built for a list of assets, not for {assets!r}.")
    keys = [key for each in assets for key in (keys_of(each) or [coerce_to_key(each)])]
    if len(set(keys)) < len(keys):
        raise InvalidDefinitionError(
            f"Found duplicate assets in the provided list of assets: {keys}. Please ensure that each asset is unique."
        )
    return keys


def build_checks(
    prefix: str, specs: Sequence[AssetCheckSpec], judge: Judge, distinction: Iterable[str] = ()
) -> AssetChecksDefinition:
    """One function that gives the verdicts of all these checks, or of those that are selected.

    Args:
        prefix: How the name of the op begins.
        specs: The checks, one for each asset.
        judge: Gives the verdict for an asset.
        distinction: Told apart by these, when the same assets have several such checks.
    """

    @multi_asset_check(specs=specs, can_subset=True, name=f"{prefix}_{_digest(specs, distinction)}")
    def checks(context: Any) -> Any:
        for spec in specs:
            if spec.key in context.selected_asset_check_keys:
                result = judge(context, spec.asset_key)
                yield AssetCheckResult(
                    passed=result.passed,
                    asset_key=spec.asset_key,
                    check_name=spec.name,
                    metadata=result.metadata,
                    severity=result.severity,
                    description=result.description,
                )

    return checks


def _digest(specs: Iterable[AssetCheckSpec], distinction: Iterable[str]) -> str:
    """Short, and the same in every process and for every order of the assets."""
    parts = [*sorted(str(spec.asset_key) for spec in specs), *distinction]
    return hashlib.md5(json.dumps(parts).encode(), usedforsecurity=False).hexdigest()[:8]

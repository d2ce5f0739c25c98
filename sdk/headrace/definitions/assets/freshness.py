"""Giving assets a freshness policy."""

from __future__ import annotations

from headrace.definitions.assets.freshness_policy import FreshnessPolicy, checked_policy
from headrace.definitions.assets.spec import AssetSpec
from headrace.errors import InvalidDefinitionError


def apply_freshness_policy(spec: AssetSpec, policy: FreshnessPolicy, overwrite_existing: bool = True) -> AssetSpec:
    """The same asset with a freshness policy; for `Definitions.map_asset_specs` and `map_asset_specs`.

    Args:
        spec: The asset.
        policy: The policy.
        overwrite_existing: Whether a policy that it has already is replaced.
    """
    if checked_policy(policy, "apply_freshness_policy") is None:
        raise InvalidDefinitionError("apply_freshness_policy: policy is a FreshnessPolicy, not None.")
    if spec.freshness_policy is not None and not overwrite_existing:
        return spec
    return spec.replace_attributes(freshness_policy=policy)

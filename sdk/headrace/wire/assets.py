"""Assets."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.types.v1 import asset_pb2 as pb
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetDep
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.wire.asset_keys import to_asset_key
from headrace.wire.automation_conditions import to_automation_condition, to_freshness_policy
from headrace.wire.metadata import to_metadata
from headrace.wire.partition_mappings import to_partition_mapping
from headrace.wire.partitions import to_backfill_policy, to_partitions
from headrace.wire.tags import to_tags


def to_asset(key: AssetKey, assets_def: AssetsDefinition) -> pb.AssetDefinition:
    """Writes one of the assets that a definition holds."""
    spec = assets_def.specs_by_key[key]
    return pb.AssetDefinition(
        asset_key=to_asset_key(key),
        description=spec.description or "",
        group_name=spec.group,
        kinds=sorted(spec.kinds),
        dependencies=_dependencies(spec.deps),
        tags=to_tags(spec.tags),
        metadata=to_metadata(spec.metadata),
        owners=spec.owners,
        code_version=spec.code_version or "",
        executable=assets_def.is_materializable,
        observable=assets_def.is_observable,
        partitions=to_partitions(spec.partitions_def),
        backfill_policy=to_backfill_policy(assets_def.backfill_policy),
        automation_condition=to_automation_condition(spec.automation_condition),
        freshness_policy=to_freshness_policy(spec.freshness_policy),
        op_name=assets_def.node_def.name if assets_def.node_def is not None else "",
        virtual=spec.is_virtual,
    )


def to_asset_check(key: AssetCheckKey, checks_def: AssetsDefinition) -> pb.AssetCheckDefinition:
    """Writes one of the checks that a definition makes."""
    spec = checks_def.get_spec_for_check_key(key)
    return pb.AssetCheckDefinition(
        asset_key=to_asset_key(spec.asset_key),
        name=spec.name,
        description=spec.description or "",
        blocking=spec.blocking,
        op_name=checks_def.node_def.name if checks_def.node_def is not None else "",
        metadata=to_metadata(spec.metadata),
        additional_dependencies=_dependencies(spec.additional_deps),
        partitions=to_partitions(spec.partitions_def),
        automation_condition=to_automation_condition(spec.automation_condition),
    )


def _dependencies(deps: Iterable[AssetDep]) -> list[pb.AssetDependency]:
    mappings = {dep.asset_key: dep.partition_mapping for dep in deps}
    return [
        pb.AssetDependency(asset_key=to_asset_key(key), partition_mapping=to_partition_mapping(mappings[key]))
        for key in sorted(mappings)
    ]

"""What is known about the outputs of a node as assets, told apart for each attribute instead of by specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetDep, AssetSpec
from headrace.definitions.graphs.node import NodeDefinition
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class GivenByKey:
    """What is known about the outputs of a node as assets.

    Attributes:
        asset_deps: The assets upstream of each; those that the inputs read when left out.
        partitions_def: The partitions of all of them.
        partition_mappings: Which partitions of an asset upstream a partition is made from.
        group_names_by_key: Their groups.
        metadata_by_key: Shown with them.
        tags_by_key: To select and group by.
        descriptions_by_key: What they are.
        owners_by_key: Who answers for them.
    """

    asset_deps: Mapping[AssetKey, Set[AssetKey]] | None = None
    partitions_def: PartitionsDefinition | None = None
    partition_mappings: Mapping[AssetKey, PartitionMapping] | None = None
    group_names_by_key: Mapping[AssetKey, str] | None = None
    metadata_by_key: Mapping[AssetKey, Mapping[str, Any]] | None = None
    tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None
    descriptions_by_key: Mapping[AssetKey, str] | None = None
    owners_by_key: Mapping[AssetKey, Sequence[str]] | None = None

    def refuse_beside_specs(self) -> None:
        """Refuses what belongs into specs where specs are given."""
        given = [name for name, value in vars(self).items() if value is not None]
        if given:
            raise InvalidDefinitionError(
                f"AssetsDefinition: specs say everything about the assets, so leave out {', '.join(given)}."
            )

    def specs(
        self, node_def: NodeDefinition, inputs: Mapping[str, AssetKey], outputs: Mapping[str, AssetKey]
    ) -> list[AssetSpec]:
        """The same as specs."""
        upstream = set(inputs.values())
        for key in self.partition_mappings or {}:
            if key not in upstream | set(outputs.values()):
                raise InvalidDefinitionError(
                    f"{node_def.name!r} received a partition mapping for {key.to_user_string()!r}, which it does not "
                    "depend on."
                )
        return [self._spec(node_def, output, key, upstream) for output, key in outputs.items()]

    def _spec(self, node_def: NodeDefinition, output: str, key: AssetKey, upstream: Set[AssetKey]) -> AssetSpec:
        out, mappings = node_def.outs[output], self.partition_mappings or {}
        deps = (self.asset_deps or {}).get(key, upstream)
        return AssetSpec(
            key,
            deps=[AssetDep(each, partition_mapping=mappings.get(each)) for each in sorted(deps)],
            description=(self.descriptions_by_key or {}).get(key) or out.description or node_def.description,
            metadata={**(out.metadata or {}), **((self.metadata_by_key or {}).get(key) or {})},
            skippable=not out.is_required,
            group_name=(self.group_names_by_key or {}).get(key),
            code_version=out.code_version,
            owners=(self.owners_by_key or {}).get(key),
            tags=(self.tags_by_key or {}).get(key),
            partitions_def=self.partitions_def,
            source=node_def.source,
        )

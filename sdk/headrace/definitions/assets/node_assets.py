"""The outputs of an op or graph as assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKeyPrefix, key_prefix_parts
from headrace.definitions.assets.spec import AssetDep, AssetSpec
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.spec import AssetCheckSpec, checks_by_output
from headrace.definitions.graphs.node import NodeDefinition
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class NodeAssets:
    """How the inputs and outputs of an op or graph are assets.

    Attributes:
        keys_by_input_name: The asset that each input reads; that of the input's name when left out.
        keys_by_output_name: The asset that each output is; that of the output's name, and for an output called `result`
            that of the op's or graph's name, when left out.
        key_prefix: Put before the keys of the outputs.
        internal_asset_deps: The assets upstream by output name, where they are not all inputs.
        resource_defs: Resources by name.
        group_name: The group of all of them.
        group_names_by_output_name: Their groups.
        descriptions_by_output_name: What they are.
        metadata_by_output_name: Shown with them.
        tags_by_output_name: To select and group by.
        code_versions_by_output_name: The versions of the code that makes them.
        owners_by_output_name: Who answers for them.
        kinds: What all of them are made with or stored in.
        partitions_def: The partitions that all of them are split into.
        backfill_policy: How many partitions one run of a backfill makes.
        automation_conditions_by_output_name: When they are made by themselves.
        freshness_policies_by_output_name: How old they may become.
        can_subset: Whether some can be made without the others.
        partition_mappings: Which partitions of the assets upstream a partition is made from, by input name.
        check_specs: Checks of the assets whose verdicts are outputs as well.
        hook_defs: Run after every step.
    """

    keys_by_input_name: Mapping[str, AssetKey] | None = None
    keys_by_output_name: Mapping[str, AssetKey] | None = None
    key_prefix: CoercibleToAssetKeyPrefix | None = None
    internal_asset_deps: Mapping[str, Set[AssetKey]] | None = None
    resource_defs: Mapping[str, Any] | None = None
    group_name: str | None = None
    group_names_by_output_name: Mapping[str, str | None] | None = None
    descriptions_by_output_name: Mapping[str, str] | None = None
    metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None = None
    tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None = None
    code_versions_by_output_name: Mapping[str, str | None] | None = None
    owners_by_output_name: Mapping[str, Sequence[str] | None] | None = None
    kinds: Set[str] | None = None
    partitions_def: PartitionsDefinition | None = None
    backfill_policy: BackfillPolicy | None = None
    automation_conditions_by_output_name: Mapping[str, AutomationCondition | None] | None = None
    freshness_policies_by_output_name: Mapping[str, FreshnessPolicy | None] | None = None
    can_subset: bool = False
    partition_mappings: Mapping[str, PartitionMapping | None] | None = None
    check_specs: Sequence[AssetCheckSpec] = field(default_factory=tuple)
    hook_defs: Set[HookDefinition] | None = None

    def arguments(self, node_def: NodeDefinition) -> dict[str, Any]:
        """What `AssetsDefinition` takes."""
        self._check_names(node_def)
        inputs = {name: (self.keys_by_input_name or {}).get(name) or AssetKey(name) for name in node_def.ins}
        checks = checks_by_output(self.check_specs or (), f"{node_def.node_type.capitalize()} {node_def.name!r}")
        outputs = {name: self._key(node_def, name) for name in node_def.outs if name not in checks}
        return {
            "specs": [self._spec(node_def, name, key, inputs) for name, key in outputs.items()],
            "node_def": node_def,
            "keys_by_input_name": inputs,
            "keys_by_output_name": outputs,
            "can_subset": self.can_subset,
            "resource_defs": self.resource_defs,
            "check_specs_by_output_name": checks,
            "hook_defs": self.hook_defs,
            "backfill_policy": self.backfill_policy,
        }

    def _key(self, node_def: NodeDefinition, output: str) -> AssetKey:
        given = (self.keys_by_output_name or {}).get(output)
        key = given or AssetKey(node_def.name if output == DEFAULT_OUTPUT else output)
        return AssetKey((*key_prefix_parts(self.key_prefix), *key.parts))

    def _spec(self, node_def: NodeDefinition, output: str, key: AssetKey, inputs: Mapping[str, AssetKey]) -> AssetSpec:
        out, internal = node_def.outs[output], (self.internal_asset_deps or {}).get(output)
        group = (self.group_names_by_output_name or {}).get(output)
        if group and self.group_name:
            raise InvalidDefinitionError(f"Output {output!r} of {node_def.name!r}: name its group in one place.")
        mappings = {inputs[name]: each for name, each in (self.partition_mappings or {}).items() if each is not None}
        upstream = dict.fromkeys(inputs.values() if internal is None else sorted(internal))
        return AssetSpec(
            key,
            deps=[AssetDep(each, partition_mapping=mappings.get(each)) for each in upstream],
            description=(self.descriptions_by_output_name or {}).get(output) or out.description or node_def.description,
            metadata={**(out.metadata or {}), **((self.metadata_by_output_name or {}).get(output) or {})},
            skippable=not out.is_required,
            group_name=group or self.group_name,
            code_version=(self.code_versions_by_output_name or {}).get(output) or out.code_version,
            owners=(self.owners_by_output_name or {}).get(output),
            tags=(self.tags_by_output_name or {}).get(output),
            kinds=self.kinds,
            partitions_def=self.partitions_def,
            automation_condition=(self.automation_conditions_by_output_name or {}).get(output),
            freshness_policy=(self.freshness_policies_by_output_name or {}).get(output),
            source=node_def.source,
        )

    def _check_names(self, node_def: NodeDefinition) -> None:
        what = f"{node_def.node_type.capitalize()} {node_def.name!r}"
        for name in self.keys_by_input_name or {}:
            if name not in node_def.ins:
                raise InvalidDefinitionError(f"{what}: keys_by_input_name names {name!r}, which is no input.")
        for name in [*(self.keys_by_output_name or {}), *(self.internal_asset_deps or {})]:
            if name not in node_def.outs:
                raise InvalidDefinitionError(
                    f"{what}: there is no output_name {name}; it has: {', '.join(node_def.outs)}."
                )

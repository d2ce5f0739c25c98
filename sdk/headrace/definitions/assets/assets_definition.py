"""Assets with the code that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from typing import Any

from headrace.definitions.assets.changed_deps import following_inputs
from headrace.definitions.assets.described_assets import DescribedAssets
from headrace.definitions.assets.given_by_key import GivenByKey
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.mapping_conflicts import check_mappings_agree
from headrace.definitions.assets.node_assets import NodeAssets
from headrace.definitions.assets.self_dependency import check_self_dependency
from headrace.definitions.assets.spec import IO_MANAGER_KEY_METADATA, AssetSpec
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSpec
from headrace.definitions.engine import engine
from headrace.definitions.graphs.composition import current_composition
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.jobs.hook import HookDefinition, checked_hooks
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.source import SourceLocation, calling_source
from headrace.errors import (
    DuplicateDefinitionError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidSubsetError,
)


class AssetsDefinition(DescribedAssets):
    """One or more assets and the op or graph that makes them; made with `@asset` or `@multi_asset`.

    Assets that nothing here makes (`AssetSpec`s given to `Definitions`) are kept in the same form, without a node.
    What is known about the assets is told by `specs`, or else by the arguments that end in `_by_key`.

    Args:
        specs: The assets.
        node_def: The op or graph that makes them.
        keys_by_input_name: The asset that each input reads.
        keys_by_output_name: The asset that each output is.
        can_subset: Whether the code can make some of the assets without the others.
        resource_defs: Resources by name.
        selected_asset_keys: The assets to make; all when left out.
        selected_asset_check_keys: The checks to make; all when left out.
        backfill_policy: How many partitions one run of a backfill makes.
        check_specs_by_output_name: The check that each of the other outputs is.
        hook_defs: Run after every step that makes the assets.
        is_observable: Whether the code only looks at the assets, which are made elsewhere.
        execution_type: The same as older code says it: a member named `OBSERVATION`, or another one.
        source: Where they were written.
        asset_deps: The assets upstream of each; those that the inputs read when left out.
        partitions_def: The partitions of all of them.
        partition_mappings: Which partitions of an asset upstream a partition is made from.
        group_names_by_key: Their groups.
        metadata_by_key: Shown with them.
        tags_by_key: To select and group by.
        descriptions_by_key: What they are.
        owners_by_key: Who answers for them.
    """

    def __init__(
        self,
        *,
        specs: Sequence[AssetSpec] | None = None,
        node_def: OpDefinition | GraphStructure | None = None,
        keys_by_input_name: Mapping[str, AssetKey] | None = None,
        keys_by_output_name: Mapping[str, AssetKey] | None = None,
        can_subset: bool = False,
        resource_defs: Mapping[str, Any] | None = None,
        selected_asset_keys: Set[AssetKey] | None = None,
        selected_asset_check_keys: Set[AssetCheckKey] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        check_specs_by_output_name: Mapping[str, AssetCheckSpec] | None = None,
        hook_defs: Set[HookDefinition] | None = None,
        is_observable: bool = False,
        execution_type: Any = None,
        source: SourceLocation | None = None,
        asset_deps: Mapping[AssetKey, Set[AssetKey]] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[AssetKey, PartitionMapping] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        metadata_by_key: Mapping[AssetKey, Mapping[str, Any]] | None = None,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None,
        descriptions_by_key: Mapping[AssetKey, str] | None = None,
        owners_by_key: Mapping[AssetKey, Sequence[str]] | None = None,
    ) -> None:
        given = GivenByKey(
            asset_deps,
            partitions_def,
            partition_mappings,
            group_names_by_key,
            metadata_by_key,
            tags_by_key,
            descriptions_by_key,
            owners_by_key,
        )
        inputs, outputs = dict(keys_by_input_name or {}), dict(keys_by_output_name or {})
        _check_outputs(outputs)
        if node_def is None and (inputs or outputs or can_subset or backfill_policy):
            raise InvalidDefinitionError(
                "AssetsDefinition: inputs, outputs, can_subset and backfill_policy belong to code that makes the assets; "
                "give its node_def as well."
            )
        if specs is not None:
            given.refuse_beside_specs()
        elif node_def is None:
            raise InvalidDefinitionError(
                "If specs are not provided, a node_def must be provided: what makes the assets."
            )
        else:
            specs = given.specs(node_def, inputs, outputs)
        for spec in specs:
            check_self_dependency(spec)
        if node_def is not None:
            check_mappings_agree(specs, node_def.name)
        self.specs_by_key = _by_key(specs)
        self.node_def = node_def
        self.node_keys_by_input_name = inputs
        self.node_keys_by_output_name = outputs
        self.node_check_specs_by_output_name = dict(check_specs_by_output_name or {})
        self.can_subset = can_subset
        self.backfill_policy = backfill_policy
        self.resource_defs = as_resource_definitions(resource_defs)
        self.selected_keys = frozenset(self.specs_by_key if selected_asset_keys is None else selected_asset_keys)
        self.selected_check_outputs = frozenset(
            name
            for name, spec in self.node_check_specs_by_output_name.items()
            if selected_asset_check_keys is None or spec.key in selected_asset_check_keys
        )
        self.hook_defs = checked_hooks(hook_defs, "Assets")
        self.is_observable = is_observable or getattr(execution_type, "name", "") == "OBSERVATION"
        self.source = source or (node_def.source if node_def else specs[0].source if specs else calling_source())

    # Of what it can be made

    @staticmethod
    def from_graph(graph_def: GraphStructure, **options: Any) -> AssetsDefinition:
        """The outputs of a graph as assets; see `NodeAssets` for the options."""
        return AssetsDefinition(**NodeAssets(**options).arguments(graph_def))

    @staticmethod
    def from_op(op_def: OpDefinition, **options: Any) -> AssetsDefinition:
        """The outputs of an op as assets; see `NodeAssets` for the options."""
        return AssetsDefinition(**NodeAssets(**options).arguments(op_def))

    # What can be made of it

    def with_hooks(self, hook_defs: Set[HookDefinition]) -> AssetsDefinition:
        """The same, with more hooks."""
        changed = copy(self)
        changed.hook_defs = self.hook_defs | checked_hooks(hook_defs, self.label)
        return changed

    def with_resources(self, resource_defs: Mapping[str, Any]) -> AssetsDefinition:
        """The same, with resources where it provides none itself."""
        changed = copy(self)
        changed.resource_defs = {**as_resource_definitions(resource_defs), **self.resource_defs}
        return changed

    def subset_for(
        self, selected_asset_keys: Set[AssetKey], selected_asset_check_keys: Set[AssetCheckKey] | None = None
    ) -> AssetsDefinition:
        """The same, making only some of the assets, and some of the checks or else those of the assets.

        Args:
            selected_asset_keys: The assets to make, as far as they are made here.
            selected_asset_check_keys: The checks to make, as far as they are made here.
        """
        chosen = self.selected_keys & selected_asset_keys
        checks = self._checks_for(selected_asset_keys, selected_asset_check_keys)
        if chosen == self.selected_keys and (checks == self.selected_check_outputs or self._makes_checks_along):
            return self
        if not self.can_subset:
            chosen_names, all_names = (", ".join(sorted(k.to_user_string() for k in s)) for s in (chosen, self.keys))
            raise InvalidSubsetError(
                f"{self.label} ({self.source}) cannot be made apart from each other, as can_subset=False: selected were "
                f"{chosen_names}, it makes {all_names}. Select all of them, or define it with can_subset=True."
            )
        subset = copy(self)
        subset.selected_keys = chosen
        subset.selected_check_outputs = checks
        return subset

    def _checks_for(self, keys: Set[AssetKey], check_keys: Set[AssetCheckKey] | None) -> frozenset[str]:
        specs = self.node_check_specs_by_output_name
        if check_keys is None:
            return frozenset(name for name in self.selected_check_outputs if specs[name].asset_key in keys)
        return frozenset(name for name in self.selected_check_outputs if specs[name].key in check_keys)

    @property
    def _makes_checks_along(self) -> bool:
        """Whether the checks cannot be left out, as the function that makes the assets makes them, too."""
        return not self.can_subset and bool(self.selected_keys)

    def map_asset_specs(self, function: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
        """The same with what is known about each asset changed by a function; keys may change, too."""
        mapped = self._with_specs(function)
        wanted = _upstream(mapped.specs_by_key.values())
        if self.node_def is not None and wanted != _upstream(self.specs_by_key.values()):
            # What is made along is an input of its own, if at all, only under the keys it had.
            wanted = (wanted - mapped.specs_by_key.keys()) | (
                set(self.node_keys_by_input_name.values()) & mapped.specs_by_key.keys()
            )
            mapped.node_def, mapped.node_keys_by_input_name = following_inputs(
                self.node_def, self.node_keys_by_input_name, wanted, self.label
            )
        return mapped

    def _with_specs(self, function: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
        mapped = copy(self)
        changed = {key: function(spec) for key, spec in self.specs_by_key.items()}
        new_keys = {key: spec.key for key, spec in changed.items()}
        mapped.specs_by_key = _by_key(list(changed.values()))
        mapped.selected_keys = frozenset(new_keys[key] for key in self.selected_keys)
        mapped.node_keys_by_output_name = {name: new_keys[key] for name, key in self.node_keys_by_output_name.items()}
        mapped.node_check_specs_by_output_name = {
            name: spec.with_resolved_deps(new_keys) for name, spec in self.node_check_specs_by_output_name.items()
        }
        mapped.__dict__.pop("output_names_by_key", None)
        return mapped

    def with_attributes(
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None,
        automation_condition: AutomationCondition | Mapping[AssetKey, AutomationCondition] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        hook_defs: Set[HookDefinition] | None = None,
        metadata_by_key: Mapping[AssetKey | AssetCheckKey, Mapping[str, Any]] | None = None,
    ) -> AssetsDefinition:
        """The same with some of what is known about the assets replaced.

        Args:
            asset_key_replacements: New keys, of the assets and of those they depend on.
            group_names_by_key: Groups, for assets that have none.
            tags_by_key: New tags.
            automation_condition: When they are made by themselves; of all of them, or by key.
            backfill_policy: How many partitions one run of a backfill makes.
            hook_defs: More hooks.
            metadata_by_key: More metadata of assets, new metadata of checks.
        """
        moved, groups, tags = asset_key_replacements or {}, group_names_by_key or {}, tags_by_key or {}
        metadata = metadata_by_key or {}

        def change(spec: AssetSpec) -> AssetSpec:
            self._refuse_second_group(spec, groups)
            condition = automation_condition
            if isinstance(condition, Mapping):
                condition = condition.get(spec.key)
            return spec.replace_attributes(
                key=moved.get(spec.key, spec.key),
                group_name=groups.get(spec.key, spec.group_name),
                tags=tags.get(spec.key, spec.tags),
                metadata={**spec.metadata, **metadata.get(spec.key, {})},
                automation_condition=condition or spec.automation_condition,
            )

        changed = copy(self)
        changed.backfill_policy = backfill_policy or self.backfill_policy
        changed.node_check_specs_by_output_name = {
            name: spec.with_metadata(metadata[spec.key]) if spec.key in metadata else spec
            for name, spec in self.node_check_specs_by_output_name.items()
        }
        return changed.map_asset_specs(change).with_resolved_deps(moved).with_hooks(hook_defs or frozenset())

    def _refuse_second_group(self, spec: AssetSpec, groups: Mapping[AssetKey, str]) -> None:
        if spec.group_name is not None and groups.get(spec.key, spec.group_name) != spec.group_name:
            raise InvalidDefinitionError(
                f"A group name has already been provided to asset {spec.key.to_user_string()!r} ({spec.source}): "
                f"{spec.group_name!r}, so it cannot be put into {groups[spec.key]!r}."
            )

    def with_resolved_deps(self, resolved: Mapping[AssetKey, AssetKey]) -> AssetsDefinition:
        """The same, reading other assets than it names."""
        if not resolved:
            return self
        changed = self._with_specs(lambda spec: spec.with_resolved_deps(resolved))
        changed.node_keys_by_input_name = {
            name: resolved.get(key, key) for name, key in self.node_keys_by_input_name.items()
        }
        changed.node_check_specs_by_output_name = {
            name: spec.with_resolved_deps(resolved) for name, spec in changed.node_check_specs_by_output_name.items()
        }
        return changed

    def to_source_assets(self) -> Sequence[AssetsDefinition]:
        """The same assets as made elsewhere: one definition for each."""
        return [self.to_source_asset(key) for key in self.specs_by_key if key in self.selected_keys]

    def to_source_asset(self, key: CoercibleToAssetKey | None = None) -> AssetsDefinition:
        """One of the assets as made elsewhere; `key` may be left out if there is only one."""
        spec = self.get_asset_spec(None if key is None else AssetKey.from_coercible(key))
        stored_by = {IO_MANAGER_KEY_METADATA: self.io_manager_key_for(spec.key)}
        external = external_asset(spec.replace_attributes(deps=(), metadata={**spec.metadata, **stored_by}))
        return external.with_resources(self.resource_defs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the function directly; inside a graph function, places its op."""
        if self.node_def is None:
            raise InvalidInvocationError(f"{self.label} is made elsewhere: there is no function to call.")
        if current_composition() is not None:
            return self.node_def(*args, **kwargs)
        return engine().invoke(self, args, kwargs)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, AssetsDefinition) or self.node_def is not None or other.node_def is not None:
            return False
        return (self.specs_by_key, self.resource_defs) == (other.specs_by_key, other.resource_defs)

    def __hash__(self) -> int:
        return id(self) if self.node_def is not None else hash(frozenset(self.specs_by_key))


def external_asset(spec: AssetSpec) -> AssetsDefinition:
    """An asset that nothing here makes."""
    return AssetsDefinition(specs=[spec], source=spec.source)


def _upstream(specs: Iterable[AssetSpec]) -> set[AssetKey]:
    return {dep.asset_key for spec in specs for dep in spec.deps}


def _check_outputs(outputs: Mapping[str, AssetKey]) -> None:
    names: dict[AssetKey, str] = {}
    for name, key in outputs.items():
        first = names.setdefault(key, name)
        if first != name:
            raise InvalidDefinitionError(
                f"Each asset key should correspond to a single output. {key.to_user_string()!r} is both {first!r} and "
                f"{name!r}."
            )


def _by_key(specs: Sequence[AssetSpec]) -> dict[AssetKey, AssetSpec]:
    by_key: dict[AssetKey, AssetSpec] = {}
    for spec in specs:
        first = by_key.setdefault(spec.key, spec)
        if first != spec:
            raise DuplicateDefinitionError(
                f"Asset {spec.key.to_user_string()!r} has conflicting AssetSpecs: one at {first.source} and one at "
                f"{spec.source}.",
                source=spec.source,
            )
    return by_key

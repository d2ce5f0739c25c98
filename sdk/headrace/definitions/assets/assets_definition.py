"""Assets with the code that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from functools import cached_property
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.node_assets import NodeAssets
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSpec
from headrace.definitions.engine import engine
from headrace.definitions.graphs.composition import current_composition
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.jobs.hook import HookDefinition, checked_hooks
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.requirements import ResourceRequirement, requirements_of_graph, requirements_of_op
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.source import SourceLocation
from headrace.errors import (
    DuplicateDefinitionError,
    InvalidInvocationError,
    InvalidSubsetError,
    InvariantViolationError,
)

IO_MANAGER_KEY_METADATA = "headrace/io_manager_key"


class AssetsDefinition:
    """One or more assets and the op or graph that makes them; made with `@asset` or `@multi_asset`.

    Assets that nothing here makes (`AssetSpec`s given to `Definitions`) are kept in the same form, without a node.

    Args:
        specs: The assets.
        node_def: The op or graph that makes them.
        keys_by_input_name: The asset that each input reads.
        keys_by_output_name: The asset that each output is.
        can_subset: Whether the code can make some of the assets without the others.
        resource_defs: Resources by name.
        selected_keys: The assets to make; all when left out.
        backfill_policy: How many partitions one run of a backfill makes.
        check_specs_by_output_name: The check that each of the other outputs is.
        hook_defs: Run after every step that makes the assets.
        is_observable: Whether the code only looks at the assets, which are made elsewhere.
        source: Where they were written.
    """

    def __init__(
        self,
        *,
        specs: Sequence[AssetSpec],
        node_def: OpDefinition | GraphStructure | None = None,
        keys_by_input_name: Mapping[str, AssetKey] | None = None,
        keys_by_output_name: Mapping[str, AssetKey] | None = None,
        can_subset: bool = False,
        resource_defs: Mapping[str, Any] | None = None,
        selected_keys: Set[AssetKey] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        check_specs_by_output_name: Mapping[str, AssetCheckSpec] | None = None,
        hook_defs: Set[HookDefinition] | None = None,
        is_observable: bool = False,
        source: SourceLocation | None = None,
    ) -> None:
        self.specs_by_key: Mapping[AssetKey, AssetSpec] = _by_key(specs)
        self.node_def = node_def
        self.keys_by_input_name = dict(keys_by_input_name or {})
        self.keys_by_output_name = dict(keys_by_output_name or {})
        self.can_subset = can_subset
        self.backfill_policy = backfill_policy
        self.resource_defs: dict[str, ResourceDefinition] = as_resource_definitions(resource_defs)
        self.selected_keys: frozenset[AssetKey] = (
            frozenset(self.specs_by_key) if selected_keys is None else frozenset(selected_keys)
        )
        self.check_specs_by_output_name = dict(check_specs_by_output_name or {})
        self.selected_check_outputs = frozenset(self.check_specs_by_output_name)
        self.hook_defs = checked_hooks(hook_defs, "Assets")
        self.is_observable = is_observable
        self.source: SourceLocation = source or (node_def.source if node_def else specs[0].source)

    # What it is

    @property
    def specs(self) -> Sequence[AssetSpec]:
        """The assets."""
        return list(self.specs_by_key.values())

    @property
    def keys(self) -> Set[AssetKey]:
        """The keys of the assets that are made."""
        return self.selected_keys

    @property
    def key(self) -> AssetKey:
        """The asset's key; raises an error if there are several."""
        if len(self.selected_keys) != 1:
            names = ", ".join(sorted(key.to_user_string() for key in self.selected_keys))
            raise InvariantViolationError(f"{self.label} stands for several assets, so it has no one key: {names}.")
        return next(iter(self.selected_keys))

    @property
    def check_specs(self) -> Sequence[AssetCheckSpec]:
        """The checks."""
        return list(self.check_specs_by_output_name.values())

    @property
    def check_keys(self) -> Set[AssetCheckKey]:
        """The keys of the checks that are made."""
        return {self.check_specs_by_output_name[name].key for name in self.selected_check_outputs}

    @property
    def label(self) -> str:
        """What to call it in messages."""
        return f"The assets of {self.node_def.name!r}" if self.node_def else f"The asset {self.specs[0].key}"

    @property
    def op(self) -> OpDefinition:
        """The op that makes the assets."""
        if not isinstance(self.node_def, OpDefinition):
            raise InvariantViolationError(f"{self.label} are not made by an op.")
        return self.node_def

    @property
    def is_executable(self) -> bool:
        """Whether there is code that makes the assets or looks at them."""
        return self.node_def is not None

    @property
    def is_materializable(self) -> bool:
        """Whether there is code that makes the assets."""
        return self.node_def is not None and not self.is_observable

    @property
    def is_external(self) -> bool:
        """Whether the assets are made elsewhere."""
        return self.node_def is None

    @property
    def dependency_keys(self) -> Set[AssetKey]:
        """The assets upstream, without those that are made here."""
        return {dep.asset_key for spec in self.specs for dep in spec.deps} - self.specs_by_key.keys()

    @property
    def asset_deps(self) -> Mapping[AssetKey, Set[AssetKey]]:
        """The assets upstream of each asset."""
        return {key: {dep.asset_key for dep in spec.deps} for key, spec in self.specs_by_key.items()}

    @cached_property
    def output_names_by_key(self) -> Mapping[AssetKey, str]:
        """The output that each asset is."""
        return {key: name for name, key in self.keys_by_output_name.items()}

    @property
    def group_names_by_key(self) -> Mapping[AssetKey, str]:
        """The group of each asset."""
        return {key: spec.group for key, spec in self.specs_by_key.items()}

    @property
    def descriptions_by_key(self) -> Mapping[AssetKey, str]:
        """The description of each asset that has one."""
        return {key: spec.description for key, spec in self.specs_by_key.items() if spec.description}

    @property
    def metadata_by_key(self) -> Mapping[AssetKey, Mapping[str, Any]]:
        """The metadata of each asset."""
        return {key: spec.metadata for key, spec in self.specs_by_key.items()}

    @property
    def tags_by_key(self) -> Mapping[AssetKey, Mapping[str, str]]:
        """The tags of each asset."""
        return {key: spec.tags for key, spec in self.specs_by_key.items()}

    @property
    def code_versions_by_key(self) -> Mapping[AssetKey, str | None]:
        """The code version of each asset."""
        return {key: spec.code_version for key, spec in self.specs_by_key.items()}

    @property
    def owners_by_key(self) -> Mapping[AssetKey, Sequence[str]]:
        """The owners of each asset."""
        return {key: spec.owners for key, spec in self.specs_by_key.items()}

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of the assets; raises an error if they have different ones."""
        found = {spec.partitions_def for key, spec in self.specs_by_key.items() if key in self.selected_keys}
        partitioned = found - {None}
        if len(partitioned) > 1:
            raise InvariantViolationError(f"{self.label} have different partitions, so there is no one partitions_def.")
        return next(iter(partitioned), None)

    @property
    def is_partitioned(self) -> bool:
        """Whether one of the assets has partitions."""
        return any(spec.partitions_def is not None for spec in self.specs)

    def get_partition_mapping(self, in_asset_key: AssetKey) -> PartitionMapping | None:
        """Which partitions of an asset upstream a partition is made from, where that was said."""
        deps = (dep for spec in self.specs for dep in spec.deps if dep.asset_key == in_asset_key)
        return next((dep.partition_mapping for dep in deps if dep.partition_mapping is not None), None)

    @property
    def required_resource_keys(self) -> Set[str]:
        """The resources that the code and the I/O of the assets need."""
        return {requirement.key for requirement in self.resource_requirements()}

    def resource_requirements(self) -> Iterable[ResourceRequirement]:
        """What the code and the I/O of the assets need of resources, and who needs it."""
        if isinstance(self.node_def, OpDefinition):
            return requirements_of_op(self.node_def)
        return requirements_of_graph(self.node_def, None) if self.node_def else ()

    def get_asset_spec(self, key: AssetKey | None = None) -> AssetSpec:
        """What is known about an asset; `key` may be left out if there is only one."""
        return self.specs_by_key[key or self.key]

    def io_manager_key_for(self, key: AssetKey) -> str:
        """The resource that stores and loads an asset."""
        output = self.output_names_by_key.get(key)
        if self.node_def is None or output is None:
            value = self.specs_by_key[key].metadata.get(IO_MANAGER_KEY_METADATA, DEFAULT_IO_MANAGER_KEY)
            return str(getattr(value, "value", value))
        return self.node_def.outs[output].io_manager_key

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

    def subset_for(self, keys: Set[AssetKey], check_keys: Set[AssetCheckKey] | None = None) -> AssetsDefinition:
        """The same, making only some of the assets, and some of the checks or else those of the assets."""
        chosen, checks = self.selected_keys & keys, self._checks_for(keys, check_keys)
        if chosen == self.selected_keys and (checks == self.selected_check_outputs or self._makes_checks_along):
            return self
        if not self.can_subset:
            chosen_names, all_names = (", ".join(sorted(k.to_user_string() for k in s)) for s in (chosen, self.keys))
            raise InvalidSubsetError(
                f"{self.label} ({self.source}) cannot be made apart from each other: selected were {chosen_names}, "
                f"it makes {all_names}. Select all of them, or define it with can_subset=True."
            )
        subset = copy(self)
        subset.selected_keys = chosen
        subset.selected_check_outputs = checks
        return subset

    def _checks_for(self, keys: Set[AssetKey], check_keys: Set[AssetCheckKey] | None) -> frozenset[str]:
        specs = self.check_specs_by_output_name
        if check_keys is None:
            return frozenset(name for name in self.selected_check_outputs if specs[name].asset_key in keys)
        return frozenset(name for name in self.selected_check_outputs if specs[name].key in check_keys)

    @property
    def _makes_checks_along(self) -> bool:
        """Whether the checks cannot be left out, as the function that makes the assets makes them, too."""
        return not self.can_subset and bool(self.selected_keys)

    def map_specs(self, function: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
        """The same with what is known about each asset changed by a function; keys may change, too."""
        mapped = copy(self)
        changed = {key: function(spec) for key, spec in self.specs_by_key.items()}
        new_keys = {key: spec.key for key, spec in changed.items()}
        mapped.specs_by_key = _by_key(list(changed.values()))
        mapped.selected_keys = frozenset(new_keys[key] for key in self.selected_keys)
        mapped.keys_by_output_name = {name: new_keys[key] for name, key in self.keys_by_output_name.items()}
        mapped.check_specs_by_output_name = {
            name: spec.with_resolved_deps(new_keys) for name, spec in self.check_specs_by_output_name.items()
        }
        mapped.__dict__.pop("output_names_by_key", None)
        return mapped

    def with_attributes(
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None,
        hook_defs: Set[HookDefinition] | None = None,
    ) -> AssetsDefinition:
        """The same with some of what is known about the assets replaced.

        Args:
            asset_key_replacements: New keys, of the assets and of those they depend on.
            group_names_by_key: New groups.
            tags_by_key: New tags.
            hook_defs: More hooks.
        """
        moved, groups, tags = asset_key_replacements or {}, group_names_by_key or {}, tags_by_key or {}

        def change(spec: AssetSpec) -> AssetSpec:
            return spec.replace_attributes(
                key=moved.get(spec.key, spec.key),
                group_name=groups.get(spec.key, spec.group_name),
                tags=tags.get(spec.key, spec.tags),
            )

        return self.map_specs(change).with_resolved_deps(moved).with_hooks(hook_defs or frozenset())

    def with_resolved_deps(self, resolved: Mapping[AssetKey, AssetKey]) -> AssetsDefinition:
        """The same, reading other assets than it names."""
        if not resolved:
            return self
        changed = self.map_specs(lambda spec: spec.with_resolved_deps(resolved))
        changed.keys_by_input_name = {name: resolved.get(key, key) for name, key in self.keys_by_input_name.items()}
        changed.check_specs_by_output_name = {
            name: spec.with_resolved_deps(resolved) for name, spec in changed.check_specs_by_output_name.items()
        }
        return changed

    def with_resources(self, resource_defs: Mapping[str, Any]) -> AssetsDefinition:
        """The same, with resources where it provides none itself."""
        changed = copy(self)
        changed.resource_defs = {**as_resource_definitions(resource_defs), **self.resource_defs}
        return changed

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the function directly; inside a graph function, places its op."""
        if self.node_def is None:
            raise InvalidInvocationError(f"{self.label} is made elsewhere: there is no function to call.")
        if current_composition() is not None:
            return self.node_def(*args, **kwargs)
        return engine().invoke(self, args, kwargs)

    def __repr__(self) -> str:
        return f"AssetsDefinition({', '.join(sorted(key.to_user_string() for key in self.selected_keys))})"


def external_asset(spec: AssetSpec) -> AssetsDefinition:
    """An asset that nothing here makes."""
    return AssetsDefinition(specs=[spec], source=spec.source)


def _by_key(specs: Sequence[AssetSpec]) -> dict[AssetKey, AssetSpec]:
    by_key: dict[AssetKey, AssetSpec] = {}
    for spec in specs:
        first = by_key.setdefault(spec.key, spec)
        if first is not spec:
            raise DuplicateDefinitionError(
                f"Asset {spec.key.to_user_string()!r} is defined twice: at {first.source} and at {spec.source}.",
                source=spec.source,
            )
    return by_key

"""What can be read of assets and the code that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property
from typing import Any, ClassVar

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetSpec, io_manager_key_in
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSpec
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.requirements import (
    ResourceRequirement,
    requirements_of_graph,
    requirements_of_hooks,
    requirements_of_op,
)
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.source import SourceLocation
from headrace.errors import InvariantViolationError


class DescribedAssets:
    """What can be read of assets and the code that makes them.

    Attributes:
        specs_by_key: All assets that the code can make, selected or not.
        node_def: The op or graph that makes them.
        node_keys_by_input_name: The asset that each input reads.
        node_keys_by_output_name: The asset that each output is.
        node_check_specs_by_output_name: The check that each of the other outputs is.
        can_subset: Whether the code can make some without the others.
        backfill_policy: How many partitions one run of a backfill makes.
        resource_defs: Resources by name.
        selected_keys: The assets to make.
        selected_check_outputs: The outputs of the checks to make.
        hook_defs: Run after every step.
        is_observable: Whether the code only looks at the assets, which are made elsewhere.
        source: Where they were written.
    """

    specs_by_key: Mapping[AssetKey, AssetSpec]
    node_def: OpDefinition | GraphStructure | None
    node_keys_by_input_name: Mapping[str, AssetKey]
    node_keys_by_output_name: Mapping[str, AssetKey]
    node_check_specs_by_output_name: Mapping[str, AssetCheckSpec]
    can_subset: bool
    backfill_policy: BackfillPolicy | None
    resource_defs: Mapping[str, ResourceDefinition]
    selected_keys: frozenset[AssetKey]
    selected_check_outputs: frozenset[str]
    hook_defs: frozenset[HookDefinition]
    is_observable: bool
    source: SourceLocation
    _kind_elsewhere: ClassVar[str] = "external asset"

    # The assets

    @property
    def specs(self) -> Sequence[AssetSpec]:
        """The assets that are made."""
        return [spec for key, spec in self.specs_by_key.items() if key in self.selected_keys]

    @property
    def keys(self) -> Set[AssetKey]:
        """The keys of the assets that are made."""
        return self.selected_keys

    @property
    def key(self) -> AssetKey:
        """The asset's key; raises an error if there are several."""
        if len(self.selected_keys) != 1:
            names = ", ".join(sorted(key.to_user_string() for key in self.selected_keys))
            raise InvariantViolationError(f"{self.label} are several, so there is no one key: {names}.")
        return next(iter(self.selected_keys))

    @property
    def check_specs(self) -> Sequence[AssetCheckSpec]:
        """The checks that are made."""
        return list(self.check_specs_by_output_name.values())

    @property
    def check_keys(self) -> Set[AssetCheckKey]:
        """The keys of the checks that are made."""
        return {spec.key for spec in self.check_specs}

    @property
    def check_key(self) -> AssetCheckKey:
        """Names the only check; raises an error if there are several."""
        if len(self.check_keys) != 1:
            names = ", ".join(sorted(key.to_user_string() for key in self.check_keys)) or "none"
            raise InvariantViolationError(f"{self.label} have no one check: {names}.")
        return next(iter(self.check_keys))

    def get_asset_spec(self, key: AssetKey | None = None) -> AssetSpec:
        """What is known about an asset; `key` may be left out if there is only one."""
        return self.specs_by_key[key or self.key]

    def get_spec_for_check_key(self, key: AssetCheckKey) -> AssetCheckSpec:
        """What is known about one of the checks."""
        for spec in self.node_check_specs_by_output_name.values():
            if spec.key == key:
                return spec
        raise InvariantViolationError(f"{self.label} have no check {key.to_user_string()!r}.")

    @property
    def label(self) -> str:
        """What to call it in messages."""
        return (
            f"The assets of {self.node_def.name!r}" if self.node_def else f"The asset {next(iter(self.specs_by_key))}"
        )

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
    def automation_conditions_by_key(self) -> Mapping[AssetKey, AutomationCondition]:
        """When each asset is made by itself, for those that are."""
        conditions = {key: spec.automation_condition for key, spec in self.specs_by_key.items()}
        return {key: condition for key, condition in conditions.items() if condition is not None}

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of the assets; raises an error if they have different ones."""
        found = {spec.partitions_def for spec in self.specs}
        partitioned = found - {None}
        if len(partitioned) > 1:
            raise InvariantViolationError(f"{self.label} have different partitions, so there is no one partitions_def.")
        return next(iter(partitioned), None)

    @property
    def is_partitioned(self) -> bool:
        """Whether one of the assets has partitions."""
        return any(spec.partitions_def is not None for spec in self.specs_by_key.values())

    # What they are made of

    @property
    def dependency_keys(self) -> Set[AssetKey]:
        """The assets upstream, without those that are made here."""
        deps = (dep.asset_key for spec in self.specs_by_key.values() for dep in spec.deps)
        return set(deps) - self.specs_by_key.keys()

    @property
    def asset_deps(self) -> Mapping[AssetKey, Set[AssetKey]]:
        """The assets upstream of each asset, made here or not."""
        return {key: {dep.asset_key for dep in spec.deps} for key, spec in self.specs_by_key.items()}

    def get_partition_mapping(self, in_asset_key: AssetKey) -> PartitionMapping | None:
        """Which partitions of an asset upstream a partition is made from, where that was said."""
        deps = (dep for spec in self.specs_by_key.values() for dep in spec.deps if dep.asset_key == in_asset_key)
        return next((dep.partition_mapping for dep in deps if dep.partition_mapping is not None), None)

    # The code that makes them

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
    def is_subset(self) -> bool:
        """Whether only some of the assets or checks are made."""
        return len(self.selected_keys) < len(self.specs_by_key) or len(self.selected_check_outputs) < len(
            self.node_check_specs_by_output_name
        )

    @property
    def input_names(self) -> Iterable[str]:
        """The inputs of the op or graph."""
        return self.keys_by_input_name.keys()

    @property
    def keys_by_input_name(self) -> Mapping[str, AssetKey]:
        """The asset that each input reads, of the inputs that the selected assets need."""
        if not self.is_subset or not self.specs_by_key:
            return self.node_keys_by_input_name
        needed = {dep.asset_key for spec in self.specs for dep in spec.deps}
        return {name: key for name, key in self.node_keys_by_input_name.items() if key in needed}

    @property
    def keys_by_output_name(self) -> Mapping[str, AssetKey]:
        """The asset that each output is, of the selected assets."""
        return {name: key for name, key in self.node_keys_by_output_name.items() if key in self.selected_keys}

    @property
    def check_specs_by_output_name(self) -> Mapping[str, AssetCheckSpec]:
        """The check that each of the other outputs is, of the selected checks."""
        every = self.node_check_specs_by_output_name
        return {name: spec for name, spec in every.items() if name in self.selected_check_outputs}

    @cached_property
    def output_names_by_key(self) -> Mapping[AssetKey, str]:
        """The output that each asset is."""
        return {key: name for name, key in self.node_keys_by_output_name.items()}

    def get_output_name_for_asset_key(self, key: AssetKey) -> str:
        """The output that an asset is."""
        if key not in self.output_names_by_key:
            raise InvariantViolationError(f"Asset key {key.to_user_string()} not found in AssetsDefinition")
        return self.output_names_by_key[key]

    @property
    def required_resource_keys(self) -> Set[str]:
        """The resources that the code, its hooks and the I/O of the assets need."""
        return {requirement.key for requirement in self.resource_requirements()}

    def resource_requirements(self) -> Iterable[ResourceRequirement]:
        """What the code, its hooks and the I/O of the assets need of resources, and who needs it."""
        if isinstance(self.node_def, OpDefinition):
            yield from requirements_of_op(self.node_def)
        elif self.node_def is not None:
            yield from requirements_of_graph(self.node_def, None)
        else:
            yield from self._requirements_elsewhere()
        yield from requirements_of_hooks(self.hook_defs, self.label, self.source)

    def _requirements_elsewhere(self) -> Iterable[ResourceRequirement]:
        for key in self.specs_by_key:
            manager = self.io_manager_key_for(key)
            if manager != DEFAULT_IO_MANAGER_KEY:
                needed_by = f"{self._kind_elsewhere} with key {key.to_string()}"
                yield ResourceRequirement(manager, needed_by, self.source, "io manager")

    get_resource_requirements = resource_requirements

    def io_manager_key_for(self, key: AssetKey) -> str:
        """The resource that stores and loads an asset."""
        output = self.output_names_by_key.get(key)
        if self.node_def is None or output is None or self.node_def.outs[output].is_nothing:
            # Nobody stores what has no value here: the key says how those load it who read the asset.
            return io_manager_key_in(self.specs_by_key[key].metadata) or DEFAULT_IO_MANAGER_KEY
        return self.node_def.outs[output].io_manager_key

    get_io_manager_key_for_asset_key = io_manager_key_for

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(sorted(key.to_user_string() for key in self.selected_keys))})"

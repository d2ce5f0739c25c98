"""All assets of a set of definitions and how they depend on each other."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition, external_asset
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.self_dependency import is_made_from_its_past
from headrace.definitions.assets.similar_keys import similar_keys
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSpec
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.whole_mappings import AllPartitionMapping
from headrace.definitions.walk import find_cycle, topological_order
from headrace.errors import (
    CyclicDependencyError,
    DuplicateDefinitionError,
    HeadraceError,
    InvalidDefinitionError,
    UnknownNameError,
)


class AssetGraph:
    """All assets of a set of definitions and how they depend on each other.

    Assets that are depended on and defined nowhere are in it, too, as made elsewhere.

    Args:
        assets_defs: The definitions, with unique keys.
    """

    def __init__(self, assets_defs: Sequence[AssetsDefinition]) -> None:
        # The same spec may be listed several times, by modules that import it from each other.
        assets_defs = list(dict.fromkeys(assets_defs))
        self._defs_by_key = _unique(assets_defs)
        resolved = [_resolve_deps(each, self._defs_by_key) for each in assets_defs]
        self._defs_by_key = {key: each for each in resolved for key in each.specs_by_key}
        missing = {key: None for each in resolved for key in each.dependency_keys if key not in self._defs_by_key}
        told = _told_by_deps(resolved, missing)
        stubs = {key: external_asset(AssetSpec(key, metadata=told.get(key))) for key in missing}
        self._defs_by_key.update(stubs)
        self.assets_defs: Sequence[AssetsDefinition] = [*resolved, *stubs.values()]
        self.undefined_keys: Set[AssetKey] = set(missing)
        _check_inputs(resolved, self.undefined_keys, self._defs_by_key.keys())
        self._defs_by_check = _unique_checks(self.assets_defs)
        self._check_acyclic()
        self._check_partition_mappings()
        self._check_partitions_of_checks()

    @staticmethod
    def from_assets(assets: Iterable[AssetsDefinition | AssetSpec]) -> AssetGraph:
        """The graph of these assets."""
        return AssetGraph([as_assets_definition(each) for each in assets])

    @cached_property
    def specs(self) -> Mapping[AssetKey, AssetSpec]:
        """What is known about each asset."""
        return {key: each.specs_by_key[key] for key, each in self._defs_by_key.items()}

    @property
    def keys(self) -> Set[AssetKey]:
        """All assets."""
        return self._defs_by_key.keys()

    @cached_property
    def parents(self) -> Mapping[AssetKey, Set[AssetKey]]:
        """The assets directly upstream of each asset."""
        return {key: {dep.asset_key for dep in spec.deps} for key, spec in self.specs.items()}

    @cached_property
    def children(self) -> Mapping[AssetKey, Set[AssetKey]]:
        """The assets directly downstream of each asset."""
        children: dict[AssetKey, set[AssetKey]] = {key: set() for key in self._defs_by_key}
        for key, parents in self.parents.items():
            for parent in parents:
                children[parent].add(key)
        return children

    @cached_property
    def topological_keys(self) -> Sequence[AssetKey]:
        """All assets, each after those upstream of it."""
        return topological_order(self._parents_of_other_times)

    @cached_property
    def materializable_keys(self) -> Set[AssetKey]:
        """The assets that code here can make."""
        return {key for key, each in self._defs_by_key.items() if each.is_materializable}

    @cached_property
    def observable_keys(self) -> Set[AssetKey]:
        """The assets that code here can look at, though they are made elsewhere."""
        return {key for key, each in self._defs_by_key.items() if each.is_observable}

    @cached_property
    def executable_keys(self) -> Set[AssetKey]:
        """The assets that code here can make or look at."""
        return self.materializable_keys | self.observable_keys

    @cached_property
    def external_keys(self) -> Set[AssetKey]:
        """The assets that are made elsewhere."""
        return self.keys - self.materializable_keys

    @cached_property
    def groups(self) -> Mapping[str, Set[AssetKey]]:
        """The assets of each group."""
        groups: dict[str, set[AssetKey]] = {}
        for key, spec in self.specs.items():
            groups.setdefault(spec.group, set()).add(key)
        return groups

    @cached_property
    def check_specs(self) -> Mapping[AssetCheckKey, AssetCheckSpec]:
        """What is known about each check."""
        return {spec.key: spec for each in self._defs_by_check.values() for spec in each.check_specs}

    @property
    def check_keys(self) -> Set[AssetCheckKey]:
        """All checks."""
        return self._defs_by_check.keys()

    def check_keys_of(self, keys: Set[AssetKey]) -> Set[AssetCheckKey]:
        """The checks of these assets."""
        return {check for check in self._defs_by_check if check.asset_key in keys}

    def checks_def_for(self, key: AssetCheckKey) -> AssetsDefinition:
        """The definition that makes a check: one of checks alone, or of assets that are checked as they are made."""
        if key not in self._defs_by_check:
            raise UnknownNameError(f"There is no asset check {key.to_user_string()!r}.")
        return self._defs_by_check[key]

    def checks_defs_for(self, keys: Iterable[AssetCheckKey]) -> Sequence[AssetsDefinition]:
        """The definitions that make checks, each once."""
        return list({id(each): each for each in map(self.checks_def_for, keys)}.values())

    @property
    def assets_defs_by_key(self) -> Mapping[AssetKey, AssetsDefinition]:
        """The definition of each asset."""
        return self._defs_by_key

    def has(self, key: AssetKey) -> bool:
        """Whether there is such an asset."""
        return key in self._defs_by_key

    def get(self, key: AssetKey) -> AssetSpec:
        """What is known about an asset."""
        return self.assets_def_for(key).specs_by_key[key]

    def assets_def_for(self, key: AssetKey) -> AssetsDefinition:
        """The definition of an asset."""
        if key not in self._defs_by_key:
            raise UnknownNameError(f"There is no asset {key.to_user_string()!r}.")
        return self._defs_by_key[key]

    def assets_defs_for(self, keys: Iterable[AssetKey]) -> Sequence[AssetsDefinition]:
        """The definitions of assets, each once."""
        return list({id(each): each for each in map(self.assets_def_for, keys)}.values())

    @cached_property
    def _parents_of_other_times(self) -> Mapping[AssetKey, Set[AssetKey]]:
        """The parents, without an asset itself where its partitions are made from earlier ones of its own."""
        own = {key for key, parents in self.parents.items() if key in parents and is_made_from_its_past(self.get(key))}
        return {key: parents - {key} if key in own else parents for key, parents in self.parents.items()}

    def get_partition_mapping(self, key: AssetKey, parent_asset_key: AssetKey) -> PartitionMapping:
        """How the partitions of an asset are related to those of one upstream.

        Args:
            key: The asset.
            parent_asset_key: The one upstream.
        """
        spec = self.get(key)
        given = next((dep.partition_mapping for dep in spec.deps if dep.asset_key == parent_asset_key), None)
        above = self.get(parent_asset_key).partitions_def
        if above is None:
            return given or AllPartitionMapping()
        return infer_partition_mapping(given, spec.partitions_def, above)

    @property
    def asset_dep_graph(self) -> Mapping[str, Mapping[AssetKey, Set[AssetKey]]]:
        """What is directly upstream and downstream of each asset, under the names that older code reads."""
        return {"upstream": self.parents, "downstream": self.children}

    def get_all_asset_keys(self) -> Set[AssetKey]:
        """All assets."""
        return set(self.keys)

    def _check_partition_mappings(self) -> None:
        for key, spec in self.specs.items():
            if self._defs_by_key[key].is_external:
                continue
            for dep in spec.deps:
                above = self.get(dep.asset_key).partitions_def
                if above is None or self._defs_by_key[dep.asset_key].is_external:
                    continue
                mapping = infer_partition_mapping(dep.partition_mapping, spec.partitions_def, above)
                try:
                    mapping.validate_partition_mapping(above, spec.partitions_def)
                except HeadraceError as error:
                    raise InvalidDefinitionError(
                        f"Invalid partition mapping from {key.to_user_string()} to {dep.asset_key.to_user_string()} "
                        f"({spec.source}): {error}"
                    ) from error

    def _check_partitions_of_checks(self) -> None:
        for key, spec in self.check_specs.items():
            asset = self.specs.get(spec.asset_key)
            if spec.partitions_def is not None and asset is not None and asset.partitions_def != spec.partitions_def:
                raise InvalidDefinitionError(
                    f"Asset check {key.to_user_string()!r} targets asset {asset.key.to_user_string()!r} but has a different "
                    f"partitions definition: {spec.partitions_def}, and not {asset.partitions_def}. Leave its own out, or "
                    "make them equal."
                )

    def _check_acyclic(self) -> None:
        cycle = find_cycle(self._parents_of_other_times)
        if cycle:
            steps = [f"{key.to_user_string()} ({self.get(key).source})" for key in cycle]
            raise CyclicDependencyError(
                f"Assets depend on themselves: {' -> '.join(steps)}.", source=self.get(cycle[0]).source
            )


def as_assets_definition(value: object) -> AssetsDefinition:
    """What is given to `Definitions(assets=...)`, as an `AssetsDefinition`."""
    if isinstance(value, AssetsDefinition):
        return value
    if isinstance(value, AssetSpec):
        return external_asset(value)
    raise InvalidDefinitionError(
        f"{value!r} was given as an asset; give what @asset or @multi_asset returned, or an AssetSpec."
    )


def _check_inputs(assets_defs: Iterable[AssetsDefinition], undefined: Set[AssetKey], known: Iterable[AssetKey]) -> None:
    """Refuses assets that are made of what nobody could load; what only has to come first may be made anywhere."""
    for each in assets_defs:
        if each.node_def is None or not each.specs_by_key:
            continue
        for name, key in each.node_keys_by_input_name.items():
            if key in undefined and not each.node_def.ins[name].is_nothing:
                close = similar_keys([key], set(known) - undefined - each.specs_by_key.keys())
                hint = f" Did you mean one of the following?\n\t{', '.join(close)}" if close else ""
                raise InvalidDefinitionError(
                    f"Input {name!r} of {each.label[0].lower()}{each.label[1:]} ({each.source}) reads an asset that is not "
                    "there; if it is made elsewhere, say so with an AssetSpec. "
                    f'Input asset "{key.to_string()}" is not produced by any of the provided asset ops and is not one of the '
                    f"provided sources.{hint}"
                )


def _told_by_deps(
    assets_defs: Iterable[AssetsDefinition], keys: Container[AssetKey]
) -> Mapping[AssetKey, Mapping[str, Any]]:
    """What dependencies say about assets that nothing else defines."""
    told: dict[AssetKey, Mapping[str, Any]] = {}
    for dep in (dep for each in assets_defs for spec in each.specs for dep in spec.deps):
        if dep.asset_key in keys and dep.metadata and told.setdefault(dep.asset_key, dep.metadata) != dep.metadata:
            raise InvalidDefinitionError(
                f"Conflicting metadata found on AssetDeps referencing {dep.asset_key.to_string()}: {dict(told[dep.asset_key])} and "
                f"{dict(dep.metadata)}. Say it once, in an AssetSpec of the asset."
            )
    return told


def _unique(assets_defs: Sequence[AssetsDefinition]) -> dict[AssetKey, AssetsDefinition]:
    by_key: dict[AssetKey, AssetsDefinition] = {}
    for each in assets_defs:
        for key in each.specs_by_key:
            first = by_key.setdefault(key, each)
            if first != each:
                places = first.specs_by_key[key].source, each.specs_by_key[key].source
                specs = " from conflicting AssetSpecs" if first.is_external and each.is_external else ""
                raise DuplicateDefinitionError(
                    f"Duplicate asset key: {key!r} is defined twice{specs}, at {places[0]} and at {places[1]}.",
                    source=places[1],
                )
    return by_key


def _unique_checks(assets_defs: Sequence[AssetsDefinition]) -> dict[AssetCheckKey, AssetsDefinition]:
    by_key: dict[AssetCheckKey, AssetsDefinition] = {}
    for each in assets_defs:
        for spec in each.check_specs:
            first = by_key.setdefault(spec.key, each)
            if first is not each:
                raise DuplicateDefinitionError(
                    f"Duplicate asset check key: {spec.key.to_user_string()!r} is defined twice, at {first.source} and at "
                    f"{each.source}."
                )
    return by_key


def _resolve_deps(assets_def: AssetsDefinition, defs_by_key: Mapping[AssetKey, AssetsDefinition]) -> AssetsDefinition:
    """Reads a bare name that is no asset as the one of that name below the same prefix or in the same group."""
    unknown = [key for key in assets_def.dependency_keys if key not in defs_by_key and len(key.parts) == 1]
    if not unknown:
        return assets_def
    prefixes = {key.parts[:-1] for key in assets_def.specs_by_key}
    resolved = {}
    for key in unknown:
        candidates = {AssetKey((*prefix, *key.parts)) for prefix in prefixes} & defs_by_key.keys()
        candidates = candidates or _same_group(key, assets_def, defs_by_key)
        if len(candidates) == 1:
            resolved[key] = next(iter(candidates))
    return assets_def.with_resolved_deps(resolved)


def _same_group(
    key: AssetKey, assets_def: AssetsDefinition, defs_by_key: Mapping[AssetKey, AssetsDefinition]
) -> set[AssetKey]:
    groups = {spec.group for spec in assets_def.specs}
    if len(groups) != 1:
        return set()
    return {
        other
        for other, each in defs_by_key.items()
        if other.parts[-1] == key.parts[-1] and each is not assets_def and each.specs_by_key[other].group in groups
    }

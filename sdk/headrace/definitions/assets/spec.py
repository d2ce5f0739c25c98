"""What is known about an asset apart from the code that makes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from copy import copy
from typing import Any, Protocol, Union, runtime_checkable

from headrace.definitions.assets.freshness_policy import FreshnessPolicy, checked_policy
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.automation.condition import AutomationCondition, checked_condition
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.source import SourceLocation, calling_source
from headrace.definitions.spellings import BothSpellings
from headrace.definitions.tags import kind_tags, kinds_of, validate_definition_tags
from headrace.errors import InvalidDefinitionError, InvariantViolationError
from headrace.undefined import UNDEFINED

DEFAULT_GROUP = "default"
IO_MANAGER_KEY_METADATA = "headrace/io_manager_key"
_IO_MANAGER_KEY_NAMES = (IO_MANAGER_KEY_METADATA, "dagster/io_manager_key")
TYPE_METADATA_NAMES = ("headrace/dagster_type", "dagster/dagster_type")

_GROUP = re.compile(r"^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_TEAM = re.compile(r"^team:.+$")


@runtime_checkable
class HasAssetKey(Protocol):
    """An object that stands for one asset, such as a function decorated with `@asset`."""

    @property
    def key(self) -> AssetKey:
        """The asset."""


CoercibleToAssetDep = Union[CoercibleToAssetKey, HasAssetKey, "AssetDep"]


class AssetDep:
    """A dependency on an asset that is not loaded as an input.

    Args:
        asset: The asset upstream: its key, or what defines it.
        partition_mapping: Which of its partitions a partition is made from; those that fit when left out.
        metadata: Shown with the edge.
    """

    __slots__ = ("asset_key", "metadata", "partition_mapping")

    def __init__(
        self,
        asset: CoercibleToAssetKey | HasAssetKey,
        *,
        partition_mapping: PartitionMapping | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.asset_key = coerce_to_key(asset)
        self.partition_mapping = partition_mapping
        self.metadata: Mapping[str, Any] = dict(metadata or {})

    @staticmethod
    def from_coercible(value: CoercibleToAssetDep) -> AssetDep:
        """Takes a dependency as it is, anything else as the asset upstream."""
        return value if isinstance(value, AssetDep) else AssetDep(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetDep) and (self.asset_key, self.partition_mapping, self.metadata) == (
            other.asset_key,
            other.partition_mapping,
            other.metadata,
        )

    def __hash__(self) -> int:
        return hash(self.asset_key)

    def __lt__(self, other: AssetDep) -> bool:
        return self.asset_key < other.asset_key

    def __repr__(self) -> str:
        return f"AssetDep({self.asset_key})"


def coerce_to_key(asset: CoercibleToAssetKey | HasAssetKey) -> AssetKey:
    """The key of an asset, given as a key, a string, a path, or what defines it."""
    if isinstance(asset, (AssetKey, str)):
        return AssetKey.from_coercible(asset)
    if isinstance(asset, Sequence):
        return AssetKey.from_coercible(asset)
    keys = keys_of(asset)
    if len(keys) > 1:
        names = ", ".join(key.to_user_string() for key in keys)
        raise InvalidDefinitionError(
            f"Cannot create an AssetDep from a multi_asset AssetsDefinition, as it stands for several assets ({names}): "
            "name the ones that are meant by their keys."
        )
    if keys:
        return keys[0]
    raise InvalidDefinitionError(
        f'Param "asset" is not one of a key, a string, a path, an AssetSpec or the function decorated with @asset: '
        f"{asset!r} does not stand for an asset."
    )


def keys_of(asset: Any) -> Sequence[AssetKey]:
    """The assets that an object stands for; several for a function decorated with `@multi_asset`."""
    keys = getattr(asset, "keys", None)
    if isinstance(keys, (set, frozenset)):
        return sorted(keys)
    key = getattr(asset, "key", None)
    return [key] if isinstance(key, AssetKey) else []


def each_dep(values: Iterable[Any], what: str) -> Sequence[AssetDep]:
    """Dependencies, one for each asset that the values stand for; refuses two different ones on one asset."""
    if isinstance(values, (str, AssetKey)):
        values = [values]
    if not isinstance(values, Iterable):
        raise InvalidDefinitionError(f"{what}: deps is a list of assets, not {values!r}.")
    by_key: dict[AssetKey, AssetDep] = {}
    for value in values:
        several = keys_of(value)
        for each in several if len(several) > 1 else [value]:
            dep = AssetDep.from_coercible(each)
            if by_key.setdefault(dep.asset_key, dep) != dep:
                raise InvariantViolationError(
                    f"Cannot set a dependency on asset {dep.asset_key.to_user_string()!r} more than once: {what} names it "
                    "with different partition mappings or metadata."
                )
    return list(by_key.values())


class AssetSpec:
    """What is known about an asset apart from the code that makes it.

    Args:
        key: Its key.
        deps: The assets upstream.
        description: What it is.
        metadata: Shown with it.
        skippable: Whether the code may leave it out.
        group_name: The group it is shown in.
        code_version: The version of the code that makes it.
        owners: Who answers for it: email addresses or `team:…`.
        tags: To select and group by.
        kinds: What it is made with or stored in, such as `python` or `snowflake`; at most three.
        partitions_def: The partitions it is split into.
        automation_condition: When it is made by itself.
        freshness_policy: How old it may become.
        is_virtual: Whether it is only a view of what is upstream, such as that of a database, and holds no data of its own.
    """

    __slots__ = (
        "automation_condition",
        "code_version",
        "deps",
        "description",
        "freshness_policy",
        "group_name",
        "is_virtual",
        "key",
        "metadata",
        "owners",
        "partitions_def",
        "skippable",
        "source",
        "tags",
    )

    def __init__(
        self,
        key: CoercibleToAssetKey,
        *,
        deps: Iterable[CoercibleToAssetDep] | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        skippable: bool = False,
        group_name: str | None = None,
        code_version: str | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Set[str] | Sequence[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        automation_condition: AutomationCondition | None = None,
        freshness_policy: FreshnessPolicy | None = None,
        is_virtual: bool = False,
        source: SourceLocation | None = None,
    ) -> None:
        self.key = AssetKey.from_coercible(key)
        what = f"Asset {self.key.to_user_string()!r}"
        self.deps: Sequence[AssetDep] = each_dep(deps, what) if deps else []
        self.description = description
        self.metadata: Mapping[str, Any] = BothSpellings(metadata) if metadata else {}
        self.skippable = skippable
        self.group_name = _checked_group(group_name, what)
        self.code_version = code_version
        self.owners: Sequence[str] = checked_owners(owners, what) if owners else []
        self.tags: Mapping[str, str] = BothSpellings({**validate_definition_tags(tags, what), **kind_tags(kinds, what)})
        self.partitions_def = _checked_partitions(partitions_def, what)
        self.automation_condition = checked_condition(automation_condition, what)
        self.freshness_policy = checked_policy(freshness_policy, what)
        self.is_virtual = is_virtual
        self.source = source or calling_source()

    @property
    def partition_mappings(self) -> Mapping[AssetKey, PartitionMapping]:
        """Which partitions of the assets upstream a partition is made from, where that was said."""
        return {dep.asset_key: dep.partition_mapping for dep in self.deps if dep.partition_mapping is not None}

    @property
    def kinds(self) -> set[str]:
        """What it is made with or stored in."""
        return kinds_of(self.tags)

    @property
    def group(self) -> str:
        """The group it is shown in, `default` if none was given."""
        return self.group_name or DEFAULT_GROUP

    def replace_attributes(
        self,
        *,
        key: CoercibleToAssetKey | Any = UNDEFINED,
        deps: Iterable[CoercibleToAssetDep] | Any | None = UNDEFINED,
        description: str | Any | None = UNDEFINED,
        metadata: Mapping[str, Any] | Any | None = UNDEFINED,
        skippable: bool | Any = UNDEFINED,
        group_name: str | Any | None = UNDEFINED,
        code_version: str | Any | None = UNDEFINED,
        owners: Sequence[str] | Any | None = UNDEFINED,
        tags: Mapping[str, str] | Any | None = UNDEFINED,
        kinds: Set[str] | Any | None = UNDEFINED,
        partitions_def: PartitionsDefinition | Any | None = UNDEFINED,
        automation_condition: AutomationCondition | Any | None = UNDEFINED,
        freshness_policy: FreshnessPolicy | Any | None = UNDEFINED,
        is_virtual: bool | Any = UNDEFINED,
    ) -> AssetSpec:
        """The same with some attributes replaced."""
        kept_tags = {key: value for key, value in self.tags.items() if kinds is UNDEFINED or not kinds_of({key: ""})}
        return AssetSpec(
            self.key if key is UNDEFINED else key,
            deps=self.deps if deps is UNDEFINED else deps,
            description=self.description if description is UNDEFINED else description,
            metadata=self.metadata if metadata is UNDEFINED else metadata,
            skippable=self.skippable if skippable is UNDEFINED else skippable,
            group_name=self.group_name if group_name is UNDEFINED else group_name,
            code_version=self.code_version if code_version is UNDEFINED else code_version,
            owners=self.owners if owners is UNDEFINED else owners,
            tags=kept_tags if tags is UNDEFINED else tags,
            kinds=None if kinds is UNDEFINED else kinds,
            partitions_def=self.partitions_def if partitions_def is UNDEFINED else partitions_def,
            automation_condition=self.automation_condition
            if automation_condition is UNDEFINED
            else automation_condition,
            freshness_policy=self.freshness_policy if freshness_policy is UNDEFINED else freshness_policy,
            is_virtual=self.is_virtual if is_virtual is UNDEFINED else is_virtual,
            source=self.source,
        )

    def with_io_manager_key(self, io_manager_key: str) -> AssetSpec:
        """The same, stored and loaded by the resource of this name."""
        return self.replace_attributes(metadata={**self.metadata, IO_MANAGER_KEY_METADATA: io_manager_key})

    def merge_attributes(
        self,
        *,
        deps: Iterable[CoercibleToAssetDep] = (),
        metadata: Mapping[str, Any] | None = None,
        owners: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        kinds: Set[str] = frozenset(),
    ) -> AssetSpec:
        """The same with more of some attributes."""
        return self.replace_attributes(
            deps=[*self.deps, *deps],
            metadata={**self.metadata, **(metadata or {})},
            owners=[*self.owners, *owners],
            tags={**self.tags, **(tags or {}), **kind_tags(kinds, f"Asset {self.key.to_user_string()!r}")},
        )

    def with_resolved_deps(self, resolved: Mapping[AssetKey, AssetKey]) -> AssetSpec:
        """The same with dependencies on other keys."""
        if not any(dep.asset_key in resolved for dep in self.deps):
            return self
        changed = copy(self)
        changed.deps = [
            AssetDep(
                resolved.get(dep.asset_key, dep.asset_key),
                partition_mapping=dep.partition_mapping,
                metadata=dep.metadata,
            )
            for dep in self.deps
        ]
        return changed

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        # Specs may be fields of models; they are taken as they are.
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls)

    def __eq__(self, other: object) -> bool:
        # Where it was written makes no difference to what it says.
        return isinstance(other, AssetSpec) and all(
            getattr(self, name) == getattr(other, name) for name in AssetSpec.__slots__ if name != "source"
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"AssetSpec({self.key.to_user_string()!r})"


def io_manager_key_in(metadata: Mapping[str, Any]) -> str | None:
    """The resource that stores and loads an asset, where its metadata names one."""
    for name in _IO_MANAGER_KEY_NAMES:
        if name in metadata:
            value = metadata[name]
            return str(getattr(value, "value", value))
    return None


def _checked_partitions(given: PartitionsDefinition | None, what: str) -> PartitionsDefinition | None:
    if given is not None and not isinstance(given, PartitionsDefinition):
        raise InvalidDefinitionError(f"{what}: partitions_def is {given!r}, which is no PartitionsDefinition.")
    return given


def _checked_group(name: str | None, what: str) -> str | None:
    if name == "":
        raise InvalidDefinitionError(
            "Empty asset group name was provided, which is not permitted. Set group_name=None to use the default group_name "
            f"or set non-empty string: {what}."
        )
    if name is not None and not (isinstance(name, str) and _GROUP.match(name)):
        raise InvalidDefinitionError(
            f"{what}: {name!r} is not a valid asset group name. It must be letters, digits and underscores, in parts "
            "separated by '/'."
        )
    return name


def checked_owners(owners: Sequence[str], what: str) -> Sequence[str]:
    """The owners, if they are email addresses or teams."""
    if isinstance(owners, str):
        raise InvalidDefinitionError(f"{what}: owners is a list, not the string {owners!r}.")
    for owner in owners:
        if owner == "team:":
            raise InvalidDefinitionError(f"{what}: Team name cannot be empty after 'team:' prefix.")
        if not isinstance(owner, str) or not (_EMAIL.match(owner) or _TEAM.match(owner)):
            raise InvalidDefinitionError(
                f"{what}: Invalid owner {owner!r}. Owner must be an email address or a team name prefixed with 'team:'."
            )
    return list(owners)

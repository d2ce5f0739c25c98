"""What is known about a check of an asset apart from the code that makes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from enum import Enum
from typing import Any, NamedTuple

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import AssetDep, CoercibleToAssetDep, HasAssetKey, coerce_to_key, each_dep
from headrace.definitions.automation.condition import AutomationCondition, checked_condition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvalidDefinitionError

_NO_IDENTIFIER = re.compile(r"\W")


class AssetCheckSeverity(Enum):
    """How bad it is when a check fails."""

    WARN = "WARN"
    ERROR = "ERROR"


class AssetCheckKey(NamedTuple):
    """Names a check: the asset that it looks at, and a name among the checks of that asset."""

    asset_key: AssetKey
    name: str

    @staticmethod
    def from_user_string(text: str) -> AssetCheckKey:
        """Reads `asset:check`."""
        asset, _, name = text.partition(":")
        return AssetCheckKey(AssetKey.from_user_string(asset), name)

    def with_asset_key_prefix(self, prefix: Any) -> AssetCheckKey:
        """The same check of the asset below a prefix."""
        return AssetCheckKey(self.asset_key.with_prefix(prefix), self.name)

    def to_user_string(self) -> str:
        """The key as people read it: `asset:check`."""
        return f"{self.asset_key.to_user_string()}:{self.name}"


class AssetCheckSpec:
    """What is known about a check of an asset apart from the code that makes it.

    Args:
        name: Unique among the checks of the asset.
        asset: The asset that is looked at.
        description: What is checked.
        additional_deps: Other assets that must be made before the check runs.
        blocking: Whether assets downstream are not made when the check fails with severity ERROR.
        metadata: Shown with the check.
        automation_condition: When the check runs by itself.
        partitions_def: The partitions that it gives a verdict for each of; those of the asset, or none.
    """

    __slots__ = (
        "additional_deps",
        "asset_key",
        "automation_condition",
        "blocking",
        "description",
        "metadata",
        "name",
        "partitions_def",
    )

    def __init__(
        self,
        name: str,
        *,
        asset: CoercibleToAssetKey | HasAssetKey,
        description: str | None = None,
        additional_deps: Iterable[CoercibleToAssetDep] | None = None,
        blocking: bool = False,
        metadata: Mapping[str, Any] | None = None,
        automation_condition: AutomationCondition | None = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise InvalidDefinitionError(f"A check's name is a non-empty string, not {name!r}.")
        self.name = name
        self.asset_key = coerce_to_key(asset)
        self.description = description
        self.additional_deps = each_dep(additional_deps or (), f"Check {name!r}")
        self.blocking = blocking
        self.metadata: Mapping[str, Any] = dict(metadata or {})
        self.automation_condition = checked_condition(automation_condition, f"Check {name!r}")
        self.partitions_def = partitions_def
        if any(dep.asset_key == self.asset_key for dep in self.additional_deps):
            raise named_twice(self.name, self.asset_key, "additional_deps")

    @property
    def key(self) -> AssetCheckKey:
        """Names the check."""
        return AssetCheckKey(self.asset_key, self.name)

    def get_python_identifier(self) -> str:
        """A name for the output of the op that gives the verdict."""
        return f"{self.asset_key.to_python_identifier()}_{_NO_IDENTIFIER.sub('_', self.name)}"

    def with_metadata(self, metadata: Mapping[str, Any]) -> AssetCheckSpec:
        """The same with other metadata."""
        changed = copy(self)
        changed.metadata = dict(metadata)
        return changed

    def replace_key(self, key: AssetCheckKey) -> AssetCheckSpec:
        """The same for another asset, or under another name."""
        changed = copy(self)
        changed.asset_key, changed.name = key
        return changed

    def with_resolved_deps(self, resolved: Mapping[AssetKey, AssetKey]) -> AssetCheckSpec:
        """The same with other keys for the assets it names."""
        changed = self.replace_key(AssetCheckKey(resolved.get(self.asset_key, self.asset_key), self.name))
        changed.additional_deps = [
            AssetDep(resolved.get(dep.asset_key, dep.asset_key), metadata=dep.metadata) for dep in self.additional_deps
        ]
        return changed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetCheckSpec) and all(
            getattr(self, name) == getattr(other, name) for name in AssetCheckSpec.__slots__
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"AssetCheckSpec({self.key.to_user_string()!r})"


def named_twice(name: str, asset_key: AssetKey, parameter: str) -> InvalidDefinitionError:
    """The error about a check that names the checked asset once more."""
    return InvalidDefinitionError(
        f"When defining check '{name}', asset '{asset_key.to_user_string()}' was passed to `asset` and `{parameter}`. "
        "It can only be passed to one of these parameters."
    )


def checks_by_output(specs: Iterable[AssetCheckSpec], what: str) -> dict[str, AssetCheckSpec]:
    """Checks by the outputs of the op that gives their verdicts."""
    by_output: dict[str, AssetCheckSpec] = {}
    specs = list(specs)
    for spec in specs:
        if not isinstance(spec, AssetCheckSpec):
            raise InvalidDefinitionError(f"{what}: {spec!r} was given as a check; give an AssetCheckSpec.")
    counts = Counter((spec.asset_key, spec.name) for spec in specs)
    twice = {key: count for key, count in counts.items() if count > 1}
    if twice:
        raise InvalidDefinitionError(f"Duplicate check specs: {twice}, in {what}.")
    for spec in specs:
        first = by_output.setdefault(spec.get_python_identifier(), spec)
        if first is not spec:
            raise InvalidDefinitionError(
                f"{what}: the checks {first.key.to_user_string()!r} and {spec.key.to_user_string()!r} cannot be told apart "
                "as outputs; rename one of them."
            )
    return by_output

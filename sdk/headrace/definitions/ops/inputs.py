"""Inputs of ops and graphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.ops.type_inference import runtime_type
from headrace.definitions.ops.types import HeadraceType
from headrace.undefined import UNDEFINED


@dataclass(frozen=True)
class In:
    """An input of an op.

    Args:
        dagster_type: The type that values are checked against; the parameter's annotation when left out.
        description: What the input is.
        default_value: Used when nothing is connected.
        metadata: For I/O managers, as `context.definition_metadata`.
        asset_key: The asset that this input reads.
        asset_partitions: The partitions of that asset that it reads.
        input_manager_key: The resource that loads the input instead of the upstream output's I/O manager.
    """

    dagster_type: Any = UNDEFINED
    description: str | None = None
    default_value: Any = UNDEFINED
    metadata: Mapping[str, Any] = field(default_factory=dict)
    asset_key: CoercibleToAssetKey | None = None
    asset_partitions: Any = None
    input_manager_key: str | None = None

    def __post_init__(self) -> None:
        if self.dagster_type is not UNDEFINED:
            object.__setattr__(self, "dagster_type", runtime_type(self.dagster_type))
        if self.asset_key is not None and not isinstance(self.asset_key, AssetKey):
            object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        if self.metadata is None:
            object.__setattr__(self, "metadata", {})

    @property
    def type(self) -> HeadraceType:
        """The runtime type."""
        return runtime_type(Any if self.dagster_type is UNDEFINED else self.dagster_type)

    @property
    def is_nothing(self) -> bool:
        """Whether the input only orders steps and carries no value."""
        return self.dagster_type is not UNDEFINED and self.type.is_nothing

    @property
    def has_default_value(self) -> bool:
        """Whether there is a value to use when nothing is connected."""
        return self.default_value is not UNDEFINED

    def completed_by(self, annotation: Any, default: Any, description: str | None = None) -> In:
        """This input, with what it leaves open taken from the function's parameter, and from its docstring."""
        typed = self.dagster_type is not UNDEFINED
        defaulted = self.has_default_value or default is UNDEFINED
        if typed and defaulted and (description is None or self.description is not None):
            return self
        return replace(
            self,
            description=self.description if self.description is not None else description,
            dagster_type=self.dagster_type if typed else annotation,
            default_value=self.default_value if defaulted else default,
        )


@dataclass(frozen=True)
class GraphIn:
    """An input of a graph.

    Args:
        description: What the input is.
    """

    description: str | None = None

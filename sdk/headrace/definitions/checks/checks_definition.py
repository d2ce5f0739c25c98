"""Checks of assets with the code that makes them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckSpec
from headrace.definitions.ops.op import OpDefinition
from headrace.errors import InvariantViolationError


class AssetChecksDefinition(AssetsDefinition):
    """One or more checks and the op that gives their verdicts; made with `@asset_check` or `@multi_asset_check`.

    Args:
        node_def: The op.
        check_specs_by_output_name: The check that each output of the op is.
        keys_by_input_name: The asset that each input reads.
        can_subset: Whether the code can make some of the checks without the others.
        resource_defs: Resources by name.
    """

    def __init__(
        self,
        *,
        node_def: OpDefinition,
        check_specs_by_output_name: Mapping[str, AssetCheckSpec],
        keys_by_input_name: Mapping[str, AssetKey],
        can_subset: bool = False,
        resource_defs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            specs=(),
            node_def=node_def,
            keys_by_input_name=keys_by_input_name,
            check_specs_by_output_name=check_specs_by_output_name,
            can_subset=can_subset,
            resource_defs=resource_defs,
        )

    @staticmethod
    def create(
        *,
        keys_by_input_name: Mapping[str, AssetKey],
        node_def: OpDefinition,
        check_specs_by_output_name: Mapping[str, AssetCheckSpec],
        can_subset: bool,
        resource_defs: Mapping[str, Any] | None = None,
    ) -> AssetChecksDefinition:
        """Checks of an op that is there already; takes what the class takes."""
        return AssetChecksDefinition(
            node_def=node_def,
            check_specs_by_output_name=check_specs_by_output_name,
            keys_by_input_name=keys_by_input_name,
            can_subset=can_subset,
            resource_defs=resource_defs,
        )

    @property
    def label(self) -> str:
        """What to call it in messages."""
        return f"The checks of {self.op.name!r}"

    @property
    def name(self) -> str:
        """The name of its only check; raises an error if there are several."""
        return self.check_key.name

    @property
    def asset_key(self) -> AssetKey:
        """The one asset that its checks look at; raises an error if there are several."""
        keys = {key.asset_key for key in self.check_keys}
        if len(keys) != 1:
            names = ", ".join(sorted(key.to_user_string() for key in keys))
            raise InvariantViolationError(f"{self.label} look at several assets: {names}.")
        return next(iter(keys))

    @property
    def dependency_keys(self) -> Set[AssetKey]:
        """The assets that it reads or looks at."""
        return {*self.node_keys_by_input_name.values(), *(spec.asset_key for spec in self.check_specs)}

    def __repr__(self) -> str:
        return f"AssetChecksDefinition({', '.join(sorted(key.to_user_string() for key in self.check_keys))})"

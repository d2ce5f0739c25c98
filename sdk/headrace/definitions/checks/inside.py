"""Checks whose verdicts the function that makes the assets gives as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckSpec, checks_by_output
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.types import Nothing
from headrace.errors import InvalidDefinitionError


def asset_checks(
    specs: Iterable[AssetCheckSpec] | None, keys: Set[AssetKey], what: str, *, of_any: bool = False
) -> dict[str, AssetCheckSpec]:
    """The checks by output.

    Args:
        specs: The checks.
        keys: The assets that are made.
        what: What makes them, for messages.
        of_any: Whether they may look at other assets than those.
    """
    by_output = checks_by_output(specs or (), what)
    for spec in by_output.values():
        if spec.asset_key not in keys and not of_any:
            made = ", ".join(sorted(key.to_user_string() for key in keys))
            raise InvalidDefinitionError(
                f"Invalid asset key {spec.asset_key.to_user_string()!r} in check spec {spec.name!r} of {what}: it must be one of "
                f"the assets that are made here: {made}."
            )
    return by_output


def check_outs(checks: Mapping[str, AssetCheckSpec]) -> dict[str, Out]:
    """The outputs of the op for the verdicts."""
    return {output: Out(dagster_type=Nothing) for output in checks}

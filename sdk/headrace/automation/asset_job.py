"""A job of assets that has a condition of its own: it is requested as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.automation.condition import AutomationCondition
    from headrace.definitions.jobs.job_key import AssetJobKey
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition


@dataclass(frozen=True)
class AssetJob:
    """A job of assets that has a condition.

    Attributes:
        key: Names it.
        condition: When it runs.
        asset_keys: Its assets.
        roots: Those of them that are made from no other one of them.
        partitions_def: The partitions of its runs.
    """

    key: AssetJobKey
    condition: AutomationCondition
    asset_keys: frozenset[AssetKey]
    roots: tuple[AssetKey, ...]
    partitions_def: PartitionsDefinition | None

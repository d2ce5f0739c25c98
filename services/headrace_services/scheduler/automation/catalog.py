"""What a location defines, as far as events are told by it: assets, their partitions, and the assets of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.partition_pb2 import PartitionsDefinition as PartitionsMessage
from headrace.api.types.v1.run_pb2 import Run
from headrace.automation.entities import EntityKey
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import HeadraceError
from headrace.wire.asset_keys import from_asset_key, from_check_key
from headrace.wire.partitions import from_partitions

_UNTOLD = "\0untold "


@dataclass
class Catalog:
    """The assets and checks that a location knows of.

    Attributes:
        location_name: The location.
        digest: Of its definitions.
        partitions: The partitions of every asset and check.
        jobs: The assets of each job that names some.
        checks: The checks of each asset that has some.
        made_here: The assets that the location can make or look at.
    """

    location_name: str
    digest: str
    partitions: dict[EntityKey, PartitionsDefinition | None] = field(default_factory=dict)
    jobs: dict[str, frozenset[AssetKey]] = field(default_factory=dict)
    checks: dict[AssetKey, list[AssetCheckKey]] = field(default_factory=dict)
    made_here: set[AssetKey] = field(default_factory=set)

    @classmethod
    def of(cls, location_name: str, digest: str, definitions: Iterable[Definition]) -> Catalog:
        """Reads the definitions of a location."""
        catalog = cls(location_name, digest)
        read: dict[bytes, PartitionsDefinition] = {}
        for each in definitions:
            kind = each.WhichOneof("kind")
            if kind == "asset":
                key = from_asset_key(each.asset.asset_key)
                catalog.partitions[key] = _partitions(each.asset.partitions, read)
                if each.asset.executable or each.asset.observable:
                    catalog.made_here.add(key)
            elif kind == "asset_check":
                check = AssetCheckKey(from_asset_key(each.asset_check.asset_key), each.asset_check.name)
                catalog.partitions[check] = _partitions(each.asset_check.partitions, read)
                catalog.checks.setdefault(check.asset_key, []).append(check)
            elif kind == "job" and each.job.implicit_asset_job:
                catalog.jobs[each.job.name] = frozenset()
            elif kind == "job" and each.job.asset_keys:
                catalog.jobs[each.job.name] = frozenset(map(from_asset_key, each.job.asset_keys))
        return catalog

    def shape(self, key: EntityKey) -> PartitionsDefinition | None:
        """The partitions of an asset or check."""
        return self.partitions.get(key)

    @property
    def dynamic_names(self) -> set[str]:
        """The names of the dynamic partitions that assets have."""
        return {name for each in set(self.partitions.values()) if each is not None for name in _dynamic(each)}

    def targets(self, run: Run) -> frozenset[EntityKey]:
        """The assets and checks that a run is to make, as far as they are known here."""
        checks = {from_check_key(each) for each in run.check_selection}
        assets = {from_asset_key(each) for each in run.asset_selection}
        if not checks and not assets and run.location_name == self.location_name and run.job_name in self.jobs:
            assets = set(self.jobs[run.job_name] or self.made_here)
        if not checks and not self.jobs.get(run.job_name, True):
            # Whether other jobs have the checks of their assets is told by the verdicts.
            checks = {check for asset in assets for check in self.checks.get(asset, ())}
        return frozenset((assets | checks) & self.partitions.keys())


def _partitions(message: PartitionsMessage, read: dict[bytes, PartitionsDefinition]) -> PartitionsDefinition | None:
    """Reads partitions; those that many assets share are read once."""
    written = message.SerializeToString(deterministic=True)
    if not written:
        return None
    if written not in read:
        read[written] = _read(message, len(read))
    return read[written]


def _read(message: PartitionsMessage, number: int) -> PartitionsDefinition:
    try:
        return from_partitions(message)
    except HeadraceError:
        # Only the location can tell their keys; what happens to them is remembered key by key.
        return DynamicPartitionsDefinition(name=f"{_UNTOLD}{number}")


def _dynamic(partitions_def: PartitionsDefinition) -> Iterator[str]:
    if isinstance(partitions_def, DynamicPartitionsDefinition) and partitions_def.name:
        yield from () if partitions_def.name.startswith(_UNTOLD) else (partitions_def.name,)
    if isinstance(partitions_def, MultiPartitionsDefinition):
        for each in partitions_def.partitions_defs:
            yield from _dynamic(each.partitions_def)

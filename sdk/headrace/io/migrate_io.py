"""Moving the values of assets from the I/O managers that stored them to another one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.errors import InvalidInvocationError
from headrace.execute.contexts.asset_values import AssetValueLoader, stored_output

if TYPE_CHECKING:
    from headrace.definitions.assets.asset_graph import AssetGraph
    from headrace.definitions.assets.assets_definition import AssetsDefinition
    from headrace.definitions.assets.selection import AssetSelection
    from headrace.definitions.definitions import Definitions
    from headrace.definitions.resources.io_manager import IOManager
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.contexts.context import OpExecutionContext
    from headrace.instance.instance import Instance

_logger = logging.getLogger("headrace")


class StoredValue(NamedTuple):
    """A value that is stored: an asset, or a partition of one.

    Attributes:
        asset_key: The asset.
        partition_key: The partition; None for the asset as a whole.
    """

    asset_key: AssetKey
    partition_key: str | None = None


@dataclass(frozen=True)
class MigrateIOStorageResult:
    """What became of the values.

    Attributes:
        migrated: Those that were moved.
        skipped: Those that `should_skip` left out.
        failed: Those that could not be loaded or stored; the log says why.
    """

    migrated: list[StoredValue] = field(default_factory=list)
    skipped: list[StoredValue] = field(default_factory=list)
    failed: list[StoredValue] = field(default_factory=list)


def migrate_io_storage(
    *,
    definitions: Definitions | None = None,
    destination_io_manager: IOManager,
    instance: Instance | None = None,
    context: OpExecutionContext | None = None,
    selection: AssetSelection | None = None,
    should_skip: Callable[[AssetKey, str | None], bool] | None = None,
    batch_partitions: bool = False,
    transform: Callable[[object], object] | None = None,
) -> MigrateIOStorageResult:
    """Loads every value that assets have stored, and stores it with another I/O manager; nothing is made again.

    Args:
        definitions: The assets, and the resources that stored them; `instance` tells which of them were made.
        destination_io_manager: Stores the values.
        instance: Knows which assets and partitions were made.
        context: Of a step of a job of assets, instead of `definitions` and `instance`.
        selection: The assets; all when left out.
        should_skip: Tells by asset and partition what to leave out.
        batch_partitions: Whether partitions are moved several at once, as many as the asset's backfill policy allows.
        transform: Makes what is stored of what was loaded.
    """
    source = _source(definitions, instance, context)
    keys = source.graph.materializable_keys if selection is None else selection.resolve(source.graph)
    result = MigrateIOStorageResult()
    with AssetValueLoader(
        source.graph.assets_defs_by_key, source.instance, resource_defs=source.resource_defs
    ) as loader:
        move = _Move(loader, destination_io_manager, transform)
        for key in sorted(keys & source.graph.materializable_keys):
            assets_def = source.graph.assets_def_for(key)
            for values in _batches(key, assets_def, source.instance, should_skip, result, batch_partitions):
                with _counted(values, result):
                    move(key, assets_def, [value.partition_key for value in values])
    return result


class _Source(NamedTuple):
    graph: AssetGraph
    resource_defs: Mapping[str, ResourceDefinition]
    instance: Instance


def _source(definitions: Definitions | None, instance: Instance | None, context: OpExecutionContext | None) -> _Source:
    if (definitions is None) == (context is None):
        raise InvalidInvocationError("migrate_io_storage takes either definitions or a context.")
    if context is not None:
        layer = context.job_def.asset_layer
        if layer is None:
            raise InvalidInvocationError("migrate_io_storage: the context is not that of a job of assets.")
        return _Source(layer.asset_graph, context.job_def.resource_defs, context.instance)
    if instance is None:
        raise InvalidInvocationError("migrate_io_storage needs an instance with definitions: it knows what was made.")
    assert definitions is not None
    return _Source(definitions.resolve_asset_graph(), definitions.resource_defs, instance)


def _batches(
    key: AssetKey,
    assets_def: AssetsDefinition,
    instance: Instance,
    should_skip: Callable[[AssetKey, str | None], bool] | None,
    result: MigrateIOStorageResult,
    together: bool,
) -> Iterator[Sequence[StoredValue]]:
    """What is there to be moved of an asset, as it is moved together."""
    values = []
    for value in _stored(key, assets_def, instance):
        if should_skip is not None and should_skip(*value):
            result.skipped.append(value)
        else:
            values.append(value)
    partitions_def = assets_def.get_asset_spec(key).partitions_def
    if not together or partitions_def is None:
        yield from ([value] for value in values)
        return
    policy = assets_def.backfill_policy
    most = (policy.max_partitions_per_run if policy is not None else None) or len(values)
    subset = partitions_def.subset_with_partition_keys([str(value.partition_key) for value in values])
    for neighbours in subset.get_partition_key_ranges():
        keys = partitions_def.get_partition_keys_in_range(neighbours)
        for start in range(0, len(keys), most):
            yield [StoredValue(key, each) for each in keys[start : start + most]]


def _stored(key: AssetKey, assets_def: AssetsDefinition, instance: Instance) -> Iterator[StoredValue]:
    partitions_def = assets_def.get_asset_spec(key).partitions_def
    if partitions_def is None:
        if instance.get_latest_materialization_event(key) is not None:
            yield StoredValue(key)
        return
    made = instance.get_materialized_partitions(key)
    yield from (StoredValue(key, each) for each in sorted(made))


@contextmanager
def _counted(values: Sequence[StoredValue], result: MigrateIOStorageResult) -> Iterator[None]:
    """One value that cannot be moved keeps none of the others from it."""
    try:
        yield
    except Exception:
        _logger.exception("a value was not moved", extra={"values": [str(value) for value in values]})
        result.failed.extend(values)
    else:
        result.migrated.extend(values)


@dataclass(frozen=True)
class _Move:
    loader: AssetValueLoader
    destination: IOManager
    transform: Callable[[object], object] | None

    def __call__(self, key: AssetKey, assets_def: AssetsDefinition, partitions: Sequence[str | None]) -> None:
        keys = [partition for partition in partitions if partition is not None]
        several = len(keys) > 1
        value = self.loader.load_asset_value(
            key,
            partition_key=keys[0] if keys and not several else None,
            partition_key_range=PartitionKeyRange(keys[0], keys[-1]) if several else None,
        )
        about: dict[str, Any] = {
            "asset_key": key,
            "partition_key": keys[0] if keys and not several else None,
            "asset_partition_keys": keys or None,
            "asset_partitions_def": assets_def.get_asset_spec(key).partitions_def,
        }
        stored = self.transform(value) if self.transform is not None else value
        self.destination.handle_output(stored_output(assets_def, key, about), stored)

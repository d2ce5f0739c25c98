"""Which partitions of an asset were made, are being made or failed: as ranges, in the order of their set.

Storage knows keys, and definitions know which of them are neighbours. What was made is kept here as a subset of numbers
and followed by what is new, so that asking again costs what has happened since, and not what has ever been made.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.api.storage.v1 import asset_index_service_pb2 as index_pb2
from headrace.api.types.v1 import asset_key_pb2, partition_pb2
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.partitions_definition import NumberedPartitionsDefinition, PartitionsDefinition
from headrace.definitions.partitions.spans import SpansSubset
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.errors import HeadraceError
from headrace.wire.partitions import from_partitions
from headrace_services.gateway.dynamic_keys import DynamicKeys
from headrace_services.gateway.pages import Key
from headrace_services.gateway.stubs import Backends

_PAGE_SIZE = 20_000
_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class AssetPartitions:
    """The partitions of an asset by what is known of them.

    Attributes:
        partition_count: How many partitions there are now.
        failed_run_ids: The runs that were to make partitions and did not, if some of these are missing still.
    """

    partition_count: int
    materialized: PartitionsSubset
    in_progress: PartitionsSubset
    failed: PartitionsSubset
    failed_run_ids: frozenset[str]


@dataclass(slots=True)
class _Made:
    """What was made of an asset as far as it was read.

    Attributes:
        definition: The set, as it was then.
        number: Everything up to it was read.
        count: How many keys were read, those that the set does not know included.
    """

    definition: bytes
    subset: PartitionsSubset
    number: int = 0
    count: int = 0


class PartitionStates:
    """Answers for the partitions of all assets."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends
        self._kept: OrderedDict[Key, _Made] = OrderedDict()

    async def of(self, key: Key, message: partition_pb2.PartitionsDefinition) -> AssetPartitions:
        """Returns what is known of the partitions of an asset.

        Args:
            key: The asset.
            message: The set that it is split into.
        """
        partitions_def = from_partitions(message)
        keys = await DynamicKeys.of(self._backends, message)
        made, attempts = await self._made(key, partitions_def, message.SerializeToString(deterministic=True))
        empty = partitions_def.empty_subset()
        going, failed = empty, empty
        failed_run_ids = set[str]()
        for attempt in attempts:
            ends = PartitionKeyRange(attempt.first_partition_key, attempt.last_partition_key)
            planned = subset_of(partitions_def, _between(partitions_def, ends, keys))
            missing: Any = planned - await self._made_since(key, partitions_def, attempt.after_number)
            if attempt.failed:
                failed = failed | missing
                if missing:
                    failed_run_ids.add(attempt.run_id)
            else:
                going = going | missing
        return AssetPartitions(
            partitions_def.get_num_partitions(None, keys), made, going, failed - going, frozenset(failed_run_ids)
        )

    async def numbers(self, key: Key) -> dict[str, int]:
        """Returns the number of the latest materialization of each partition that was made of an asset."""
        made, _ = await self._read(key, 0)
        return {each.partition_key: each.number for each in made}

    async def _made(
        self, key: Key, partitions_def: PartitionsDefinition, definition: bytes
    ) -> tuple[PartitionsSubset, Sequence[index_pb2.PartitionAttempt]]:
        kept = self._kept.pop(key, None)
        if kept is None or kept.definition != definition:
            kept = _Made(definition, partitions_def.empty_subset())
        made, first = await self._read(key, kept.number)
        fresh = await asyncio.to_thread(subset_of, partitions_def, [each.partition_key for each in made])
        new = [each for each in made if each.partition_key not in kept.subset] if kept.count else made
        kept.count += len(new)
        kept.subset = kept.subset | fresh
        kept.number = max([kept.number, *(each.number for each in made)])
        if kept.count != first.made_count:
            # Something was taken back since.
            return await self._from_scratch(key, partitions_def, definition)
        self._keep(key, kept)
        return kept.subset, first.attempts

    async def _from_scratch(
        self, key: Key, partitions_def: PartitionsDefinition, definition: bytes
    ) -> tuple[PartitionsSubset, Sequence[index_pb2.PartitionAttempt]]:
        made, first = await self._read(key, 0)
        subset = await asyncio.to_thread(subset_of, partitions_def, [each.partition_key for each in made])
        number = max((each.number for each in made), default=0)
        self._keep(key, _Made(definition, subset, number, len(made)))
        return subset, first.attempts

    def _keep(self, key: Key, made: _Made) -> None:
        self._kept[key] = made
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def _made_since(self, key: Key, partitions_def: PartitionsDefinition, number: int) -> PartitionsSubset:
        made, _ = await self._read(key, number)
        return await asyncio.to_thread(subset_of, partitions_def, [each.partition_key for each in made])

    async def _read(
        self, key: Key, after: int
    ) -> tuple[list[index_pb2.MadePartition], index_pb2.GetPartitionStatesResponse]:
        """Returns what was made after a number, and the first page, which has more to say."""
        request = index_pb2.GetPartitionStatesRequest(
            asset_key=asset_key_pb2.AssetKey(path=key), page_size=_PAGE_SIZE, after_number=after
        )
        page = first = await self._backends.assets.GetPartitionStates(request)
        made = list(page.made)
        while page.next_page_token:
            request.page_token = page.next_page_token
            page = await self._backends.assets.GetPartitionStates(request)
            made += page.made
        return made, first


def subset_of(partitions_def: PartitionsDefinition, keys: Iterable[str]) -> Any:
    """The keys that the set knows: definitions change, and what was made under an older one stays recorded."""
    if not isinstance(partitions_def, NumberedPartitionsDefinition):
        return partitions_def.subset_with_partition_keys(keys)
    numbers = map(partitions_def.number_of, keys)
    return SpansSubset(partitions_def, [(number, number + 1) for number in numbers if number is not None])


def _between(partitions_def: PartitionsDefinition, ends: PartitionKeyRange, keys: DynamicKeys) -> Sequence[str]:
    if ends.start == ends.end:
        return [ends.start] if ends.start else []
    try:
        return partitions_def.get_partition_keys_in_range(ends, keys)
    except HeadraceError:
        # One of the ends is not in the set any more.
        return []

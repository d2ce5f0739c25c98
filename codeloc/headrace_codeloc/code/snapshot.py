"""A location's definitions as the parts of a stream, with the digest that names them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from headrace.api.types.v1.definitions_pb2 import (
    Definition,
    DefinitionsBatch,
    DefinitionsHeader,
    DefinitionsPart,
    DefinitionsTrailer,
)

MAX_BATCH_BYTES = 1_000_000
"""Stays below the contract's 1 MiB with room for what surrounds a batch."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a location defines.

    Attributes:
        parts: Serialized `DefinitionsPart`s: a header, batches, a trailer.
        digest: Changes exactly when the definitions do.
        count: How many definitions there are.
    """

    parts: Sequence[bytes]
    digest: str
    count: int

    @staticmethod
    def of(definitions: Iterable[Definition], code_version: str = "") -> Snapshot:
        """Makes the snapshot of definitions that are sorted by kind and name already."""
        parts = [DefinitionsPart(header=DefinitionsHeader(code_version=code_version)).SerializeToString()]
        digest = hashlib.sha256()
        count = 0
        for batch in _batches(definitions):
            for definition in batch:
                data = definition.SerializeToString(deterministic=True)
                digest.update(len(data).to_bytes(4, "big"))
                digest.update(data)
            count += len(batch)
            parts.append(DefinitionsPart(batch=DefinitionsBatch(definitions=batch)).SerializeToString())
        trailer = DefinitionsTrailer(definition_count=count, digest=digest.hexdigest())
        parts.append(DefinitionsPart(trailer=trailer).SerializeToString())
        return Snapshot(parts, trailer.digest, count)


def _batches(definitions: Iterable[Definition]) -> Iterator[list[Definition]]:
    batch: list[Definition] = []
    size = 0
    for definition in definitions:
        added = definition.ByteSize() + 8
        if batch and size + added > MAX_BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(definition)
        size += added
    if batch:
        yield batch

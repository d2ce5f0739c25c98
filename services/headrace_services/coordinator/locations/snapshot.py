"""The definitions of a location at one moment, verified before anybody sees them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from headrace.api.types.v1.definitions_pb2 import Definition, DefinitionsBatch, DefinitionsPart
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.partition_pb2 import PartitionsDefinition
from headrace.errors import HeadraceError

# A location must not be able to fill the coordinator's memory.
MAX_BYTES = 256 * 1024 * 1024

AssetPath = tuple[str, ...]


class BrokenDefinitionsError(HeadraceError):
    """A location's stream of definitions contradicts itself or the contract."""

    reason = "DEFINITIONS_BROKEN"


class Answer(Protocol):
    """One message of a stream of definitions."""

    @property
    def part(self) -> DefinitionsPart:
        """The part it carries."""
        ...


@dataclass(frozen=True)
class Snapshot:
    """What a location defines.

    Attributes:
        digest: Changes whenever they do.
        entries_digest: The contract's digest over the entries.
        code_version: As their author calls it. May be empty.
        batches: The entries as they came, to be passed on.
        count: How many entries there are.
        jobs: The jobs by name.
        asset_job: Name of the implicit job of all assets; empty if there is none.
        assets: The keys of all assets.
        dynamic_assets: The partitions of those assets whose keys are added and taken away.
        has_partitions: Whether any asset has partitions.
    """

    digest: str
    entries_digest: str
    code_version: str
    batches: tuple[DefinitionsBatch, ...]
    count: int
    jobs: Mapping[str, JobDefinition]
    asset_job: str
    assets: frozenset[AssetPath]
    dynamic_assets: Mapping[AssetPath, PartitionsDefinition] = field(default_factory=dict)
    has_partitions: bool = False


async def read_snapshot(answers: AsyncIterable[Answer], announced: str = "") -> Snapshot:
    """Reads a stream to its end and verifies it.

    Args:
        answers: The stream.
        announced: The digest that the server speaks of; what it computes for streams without one is its own affair.

    Raises:
        BrokenDefinitionsError: it is cut off, out of order, too big, or its digest or count is wrong.
    """
    reader = _Reader()
    async for answer in answers:
        reader.take(answer.part)
    return reader.finish(announced)


class _Reader:
    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._started = self._ended = False
        self._code_version = self._verified = ""
        self._batches: list[DefinitionsBatch] = []
        self._count = self._bytes = 0
        self._jobs: dict[str, JobDefinition] = {}
        self._asset_job = ""
        self._assets: set[AssetPath] = set()
        self._dynamic: dict[AssetPath, PartitionsDefinition] = {}
        self._has_partitions = False

    def take(self, part: DefinitionsPart) -> None:
        kind = part.WhichOneof("part")
        if kind is None:
            # A part that a newer server knows and this reader does not.
            return
        if self._ended or self._started == (kind == "header"):
            raise BrokenDefinitionsError(
                f"a stream of definitions is header, batches, trailer; its {kind} is misplaced"
            )
        if kind == "header":
            self._started, self._code_version = True, part.header.code_version
        elif kind == "batch":
            self._batches.append(part.batch)
            for definition in part.batch.definitions:
                self._add(definition)
        else:
            self._verify(part.trailer.definition_count, part.trailer.digest)
            self._ended = True

    def finish(self, announced: str) -> Snapshot:
        if not self._ended:
            raise BrokenDefinitionsError("the stream of definitions was cut off before its trailer")
        computed = self._digest.hexdigest()
        return Snapshot(
            self._verified or announced or computed,
            computed,
            self._code_version,
            tuple(self._batches),
            self._count,
            self._jobs,
            self._asset_job,
            frozenset(self._assets),
            self._dynamic,
            self._has_partitions,
        )

    def _add(self, definition: Definition) -> None:
        data = definition.SerializeToString()
        self._digest.update(len(data).to_bytes(4, "big"))
        self._digest.update(data)
        self._count += 1
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            raise BrokenDefinitionsError(f"the definitions are larger than {MAX_BYTES >> 20} MiB")
        kind = definition.WhichOneof("kind")
        if kind == "job":
            self._jobs[definition.job.name] = definition.job
            if definition.job.implicit_asset_job:
                self._asset_job = definition.job.name
        elif kind == "asset":
            path = tuple(definition.asset.asset_key.path)
            self._assets.add(path)
            self._has_partitions |= definition.asset.HasField("partitions")
            if _is_dynamic(definition.asset.partitions):
                self._dynamic[path] = definition.asset.partitions

    def _verify(self, count: int, digest: str) -> None:
        if count != self._count:
            raise BrokenDefinitionsError(f"the trailer speaks of {count} definitions, {self._count} came")
        if digest and digest != self._digest.hexdigest():
            raise BrokenDefinitionsError(
                f"the trailer's digest {digest[:12]}… is not that of the entries, {self._digest.hexdigest()[:12]}…"
            )
        self._verified = digest


def _is_dynamic(partitions: PartitionsDefinition) -> bool:
    return bool(partitions.dynamic.name) or any(_is_dynamic(each.partitions) for each in partitions.multi.dimensions)

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from headrace.api.codeloc.v1.code_location_service_pb2 import GetDefinitionsResponse
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.asset_pb2 import AssetDefinition
from headrace.api.types.v1.definitions_pb2 import (
    Definition,
    DefinitionsBatch,
    DefinitionsHeader,
    DefinitionsPart,
    DefinitionsTrailer,
)
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace_services.coordinator.locations import Snapshot
from headrace_services.coordinator.locations.snapshot import BrokenDefinitionsError, read_snapshot
from rig.scripted_location import digest_of

ENTRIES = [
    Definition(job=JobDefinition(name="sums")),
    Definition(job=JobDefinition(name="__ASSET_JOB", implicit_asset_job=True)),
    Definition(asset=AssetDefinition(asset_key=AssetKey(path=["db", "raw"]))),
]
HEADER = DefinitionsPart(header=DefinitionsHeader(code_version="v7"))
BATCH = DefinitionsPart(batch=DefinitionsBatch(definitions=ENTRIES))
TRAILER = DefinitionsPart(trailer=DefinitionsTrailer(definition_count=3, digest=digest_of(ENTRIES)))


async def read(*parts: DefinitionsPart, announced: str = "") -> Snapshot:
    async def stream() -> AsyncIterator[GetDefinitionsResponse]:
        for part in parts:
            yield GetDefinitionsResponse(part=part)

    return await read_snapshot(stream(), announced)


async def test_a_whole_stream_becomes_a_snapshot() -> None:
    snapshot = await read(HEADER, BATCH, TRAILER)
    assert (snapshot.digest, snapshot.count, snapshot.code_version) == (digest_of(ENTRIES), 3, "v7")
    assert set(snapshot.jobs) == {"sums", "__ASSET_JOB"}
    assert snapshot.asset_job == "__ASSET_JOB"
    assert snapshot.assets == {("db", "raw")}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([HEADER, BATCH], "cut off"),
        ([], "cut off"),
        ([BATCH, TRAILER], "batch is misplaced"),
        ([HEADER, HEADER, TRAILER], "header is misplaced"),
        ([HEADER, BATCH, TRAILER, BATCH], "batch is misplaced"),
        ([HEADER, TRAILER], "speaks of 3 definitions, 0 came"),
        (
            [HEADER, BATCH, DefinitionsPart(trailer=DefinitionsTrailer(definition_count=3, digest="f" * 64))],
            "is not that of the entries",
        ),
    ],
)
async def test_a_broken_stream_is_dropped(parts: list[DefinitionsPart], said: str) -> None:
    with pytest.raises(BrokenDefinitionsError, match=said):
        await read(*parts)


async def test_a_server_that_computes_no_digest_is_taken_at_its_word() -> None:
    trailer = DefinitionsPart(trailer=DefinitionsTrailer(definition_count=3))
    assert (await read(HEADER, BATCH, trailer, announced="release-12")).digest == "release-12"
    assert (await read(HEADER, BATCH, trailer)).digest == digest_of(ENTRIES)


async def test_parts_of_a_newer_contract_are_skipped() -> None:
    assert (await read(HEADER, DefinitionsPart(), BATCH, TRAILER)).count == 3

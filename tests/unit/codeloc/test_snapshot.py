"""Definitions as a stream in parts."""

from __future__ import annotations

import hashlib

from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.asset_pb2 import AssetDefinition
from headrace.api.types.v1.definitions_pb2 import Definition, DefinitionsPart
from headrace_codeloc.code.snapshot import Snapshot


def assets(count: int, size: int = 10) -> list[Definition]:
    return [
        Definition(asset=AssetDefinition(asset_key=AssetKey(path=[f"a{number}"]), description="d" * size))
        for number in range(count)
    ]


def test_no_part_exceeds_the_limit_and_nothing_is_lost() -> None:
    definitions = assets(5000, 1000)
    snapshot = Snapshot.of(definitions)
    parts = [DefinitionsPart.FromString(part) for part in snapshot.parts]
    assert [part.WhichOneof("part") for part in parts] == ["header", *["batch"] * (len(parts) - 2), "trailer"]
    assert len(parts) > 5
    assert max(map(len, snapshot.parts)) <= 1024 * 1024
    assert [each for part in parts[1:-1] for each in part.batch.definitions] == definitions
    assert snapshot.count == parts[-1].trailer.definition_count == 5000


def test_the_digest_is_the_one_of_the_contract() -> None:
    expected = hashlib.sha256()
    for definition in assets(3):
        data = definition.SerializeToString()
        expected.update(len(data).to_bytes(4, "big") + data)
    assert Snapshot.of(assets(3)).digest == expected.hexdigest()
    assert Snapshot.of(assets(4)).digest != expected.hexdigest()


def test_nothing_is_a_snapshot_too() -> None:
    snapshot = Snapshot.of([])
    assert (len(snapshot.parts), snapshot.count, snapshot.digest) == (2, 0, hashlib.sha256().hexdigest())

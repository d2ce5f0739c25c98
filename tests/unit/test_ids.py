"""Ids sort by the moment they were made, and no two are equal, forks included."""

from __future__ import annotations

import os
import time
import uuid

from headrace.ids import RandomIds


def test_an_id_is_a_uuid_of_version_7_of_this_moment() -> None:
    made = uuid.UUID(RandomIds().uuid7())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert abs((made.int >> 80) / 1000 - time.time()) < 5


def test_ids_of_one_source_grow() -> None:
    ids = RandomIds()
    made = [ids.uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_grow_though_the_clock_goes_back(monkeypatch: object) -> None:
    ids = RandomIds()
    first = ids.uuid7()
    ids._millisecond += 3_600_000
    ahead = ids.uuid7()
    assert first < ahead < ids.uuid7()


def test_a_forked_child_makes_other_ids() -> None:
    ids = RandomIds()
    ids.uuid7()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, " ".join(ids.uuid7() for _ in range(50)).encode())
        os._exit(0)
    os.close(writer)
    theirs = set(os.read(reader, 10_000).decode().split())
    os.close(reader)
    os.waitpid(child, 0)
    assert len(theirs) == 50
    assert theirs.isdisjoint(ids.uuid7() for _ in range(50))


def test_tokens_differ_and_are_long() -> None:
    tokens = {RandomIds().token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 43 for token in tokens)

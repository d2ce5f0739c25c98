"""Names of what an intent touches, as the numbers that PostgreSQL's advisory locks take.

A transaction takes all of them in its first statement, sorted. That gives writers of one run an order before any of them
has a transaction number, and leaves nothing for two writers to deadlock on. SQLite has one writer and needs no locks.
"""

from __future__ import annotations

from hashlib import blake2b
from zlib import crc32

# A batch may name hundreds of assets and the server's lock table is small: assets share a few locks.
_ASSET_LOCKS = 32


def run_lock(run_id: str) -> int:
    return _number("run", run_id)


def asset_lock(asset_key: str) -> int:
    return _number("assets", str(crc32(asset_key.encode()) % _ASSET_LOCKS))


def request_lock(request_id: str) -> int:
    return _number("request", request_id)


def instigator_lock(location_name: str, kind: int, name: str) -> int:
    return _number("instigator", location_name, str(kind), name)


def backfill_lock(backfill_id: str) -> int:
    return _number("backfill", backfill_id)


def partitions_lock(name: str) -> int:
    return _number("dynamic partitions", name)


def replica_lock(replica_id: str) -> int:
    return _number("replica", replica_id)


def lease_lock(resource: str) -> int:
    return _number("lease", resource)


QUEUE_LOCK = 0x4EAD_0001
MIGRATION_LOCK = 0x4EAD_0002
POOLS_LOCK = 0x4EAD_0003
REPORTS_LOCK = 0x4EAD_0004


def _number(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

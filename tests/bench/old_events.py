"""Measures a new run in a database that has a million events already, beside one in an empty database.

python tests/bench/old_events.py [--events 1000000] [--rounds 100]

A run here is what storage has to do for it: taken in, admitted, claimed, two batches of 20 events, ended, and its events
read and its asset looked up.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sides import NewDatabase, in_turn, on_both_databases

from headrace.api.storage.v1.asset_index_service_pb2 import GetAssetRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from rig.storage import StorageClient, log_event, materialization, running_storage

LIMIT = 1.2
_BATCH, _RUNS_AT_ONCE = 500, 4


async def fill(storage: StorageClient, events: int) -> None:
    """Stores events of runs that are over, 500 a run, one of them an asset."""
    batch = [log_event("what happened long ago " * 3) for _ in range(_BATCH - 1)]
    runs, admissions = asyncio.Semaphore(_RUNS_AT_ONCE), asyncio.Lock()

    async def one() -> None:
        async with runs:
            async with admissions:
                claim = await storage.start_run(ttl=600)
            await storage.events.AppendEvents(claim.report(*batch, materialization("numbers")))
            await storage.finish(claim)

    await asyncio.gather(*(one() for _ in range(events // _BATCH)))


async def one_run(storage: StorageClient) -> float:
    """Lives a run through and returns the seconds that took."""
    began = time.perf_counter()
    claim = await storage.start_run()
    for _ in range(2):
        await storage.events.AppendEvents(claim.report(*["a line"] * 19, materialization("numbers")))
    await storage.finish(claim)
    await storage.events_of(claim.run_id)
    await storage.assets.GetAsset(GetAssetRequest(asset_key=AssetKey(path=["numbers"])))
    return time.perf_counter() - began


async def measure(new_database: NewDatabase, events: int, rounds: int) -> dict[str, float]:
    """Returns what a run takes in an empty database and in a full one."""
    async with running_storage(new_database()) as empty, running_storage(new_database()) as full:
        await fill(full.client, events)
        sides = {"empty": lambda: one_run(empty.client), f"{events} events": lambda: one_run(full.client)}
        return await in_turn(sides, rounds)


def main() -> None:
    """Prints the figures; the exit status tells whether old events slow a new run down more than they may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    on_both_databases(
        lambda new_database: measure(new_database, given.events, given.rounds),
        "empty",
        {f"{given.events} events": LIMIT},
    )


if __name__ == "__main__":
    main()

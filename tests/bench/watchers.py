"""Measures how late five hundred watchers hear of what happens in a run.

python tests/bench/watchers.py [--watchers 500] [--postgres] [--feed]

Each has a stream of its own at the gateway: of one run, or with `--feed` of the events of all runs. The run's code logs the time
five times a second, and a watcher's lag is how old a line is when it comes; both are on one machine and share its processors.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from ticks import make_home

from headrace.api.gateway.v1.event_service_pb2 import WatchEventsRequest
from headrace.api.gateway.v1.event_service_pb2_grpc import EventServiceStub
from headrace.api.gateway.v1.run_service_pb2 import WatchRunRequest
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceStub
from headrace.client.client import Client
from headrace.errors import HeadraceError
from headrace.rpc.channel import open_aio_channel
from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until

LIMIT = 0.5
DEFINITIONS = Path(__file__).with_name("chatty.py")
_PER_CHANNEL = 50
_SECONDS = 60.0


async def hear(stream: Any, lags: list[float], run_id: str) -> None:
    """Listens until the run is over."""
    async for response in stream:
        now = time.time()
        for event in response.events:
            if event.run_id == run_id and event.HasField("log_recorded"):
                lags.append(now - float(event.log_recorded.message))
            if event.run_id == run_id and event.run_state_changed.state > 4:
                return


async def watch(target: str, run_id: str, watchers: int, *, feed: bool) -> list[list[float]]:
    """Returns the lags of each watcher."""
    lags: list[list[float]] = [[] for _ in range(watchers)]
    async for streams in opened(target, run_id, watchers, feed=feed):
        await asyncio.gather(*(hear(stream, each, run_id) for stream, each in zip(streams, lags, strict=True)))
    return lags


async def opened(target: str, run_id: str, watchers: int, *, feed: bool) -> AsyncIterator[list[Any]]:
    """Opens the streams, as many on one connection as programs have that do so."""
    channels = [open_aio_channel(target) for _ in range(-(-watchers // _PER_CHANNEL))]
    streams: list[Any] = []
    for number in range(watchers):
        channel: Any = channels[number // _PER_CHANNEL]
        if feed:
            streams.append(EventServiceStub(channel).WatchEvents(WatchEventsRequest(), timeout=_SECONDS))
        else:
            streams.append(RunServiceStub(channel).WatchRun(WatchRunRequest(run_id=run_id), timeout=_SECONDS))
    yield streams
    for channel in channels:
        await channel.close()


def measure(target: str, watchers: int, *, feed: bool) -> list[list[float]]:
    """Starts a run and returns the lags of each watcher."""
    with Client(target) as client:
        wait_until(lambda: client.locations.list()[0].state == "loaded", 30, retry_on=(HeadraceError, IndexError))
        run_id = client.submit_job("chatty").run_id
        return asyncio.run(watch(target, run_id, watchers, feed=feed))


def main() -> None:
    """Prints the figure; fails if watchers hear too late, or miss something."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--watchers", type=int, default=500)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--feed", action="store_true")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="headrace-bench-") as directory:
        supervisor = Supervisor(Path(directory))
        port = free_port()
        home = Path(directory) / "home"
        make_home(home, postgres=given.postgres)
        try:
            ports = ("--grpc-port", str(port), "--port", str(free_port()))
            supervisor.headrace("dev", "-f", DEFINITIONS, *ports, env={"HEADRACE_HOME": str(home)})
            lags = measure(f"127.0.0.1:{port}", given.watchers, feed=given.feed)
        finally:
            supervisor.close()
    late = sorted(lag for each in lags for lag in each)
    p99 = late[int(0.99 * (len(late) - 1))]
    what = f"{given.watchers} watchers of {'all runs' if given.feed else 'a run'}"
    database = "PostgreSQL" if given.postgres else "SQLite"
    print(f"{what}, {database}, load {os.getloadavg()[0]:.1f}: {len(late)} events heard,")
    print(f"p50 {late[len(late) // 2] * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, max {late[-1] * 1e3:.0f} ms")
    if len({len(each) for each in lags}) != 1 or p99 > LIMIT:
        sys.exit(f"bench: every event within {LIMIT:g} s at p99 is wanted")


if __name__ == "__main__":
    main()

"""Measures how late the ticks of a thousand schedules are that are all due in the same minute.

python tests/bench/ticks.py [functions|fixed] [--postgres] [--minutes N] [--busy N]

Each of the minutes in a row is a figure of its own. With `--busy N` so many processes do nothing but use the processor meanwhile, as others do on a machine that is shared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from many_schedules import COUNT

from headrace.client.automation import Tick
from headrace.client.client import Client
from headrace.errors import HeadraceError

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig import run_directory
from rig.ports import free_port
from rig.postgres import DURABLE, start_server
from rig.processes import Supervisor
from rig.waiting import wait_until

LIMIT = 1.0
DEFINITIONS = Path(__file__).with_name("many_schedules.py")


def next_minute() -> datetime:
    """The next full minute that is far enough away for everything to be ready."""
    return (datetime.now(timezone.utc) + timedelta(seconds=70)).replace(second=0, microsecond=0)


def ticks_due_at(client: Client, due_times: Collection[datetime]) -> list[Tick]:
    """All committed ticks of some moments."""
    names = [schedule.name for schedule in client.schedules.list()]
    with ThreadPoolExecutor(8) as pool:
        recent = pool.map(lambda name: client.schedules.ticks(name, limit=len(due_times) + 2), names)
    return [tick for ticks in recent for tick in ticks if tick.due_time in due_times]


def lateness(ticks: Sequence[Tick]) -> list[float]:
    """Seconds from due to committed, sorted."""
    return sorted((tick.finish_time - tick.due_time).total_seconds() for tick in ticks)


def measure(client: Client, minutes: int) -> list[list[Tick]]:
    """Waits for minutes to pass and returns the ticks of each; they are not looked at while they are made."""
    wait_until(lambda: len(client.schedules.list()) == COUNT, timeout=30, retry_on=(HeadraceError,))
    first = next_minute()
    due_times = [first + timedelta(minutes=number) for number in range(minutes)]
    time.sleep((due_times[-1] - datetime.now(timezone.utc)).total_seconds() + 5)

    def made() -> list[Tick]:
        return ticks_due_at(client, due_times)

    wait_until(lambda: len(made()) >= COUNT * minutes, timeout=60, what="every tick being committed")
    ticks = made()
    return [[tick for tick in ticks if tick.due_time == due_time] for due_time in due_times]


def told(ticks: Sequence[Tick]) -> bool:
    """Prints the figure of a minute; whether it is within the limit."""
    late = lateness(ticks)
    p99 = late[int(0.99 * (len(late) - 1))]
    came_of = ", ".join(f"{count} {result}" for result, count in Counter(tick.result for tick in ticks).items())
    print(f"{len(late)} ticks ({came_of}): p50 {late[len(late) // 2]:.3f} s, p99 {p99:.3f} s, max {late[-1]:.3f} s")
    return len(late) == COUNT and p99 <= LIMIT


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keeps processors busy while the block lasts."""
    begun = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in begun:
            process.kill()
            process.wait()


def make_home(home: Path, *, postgres: bool) -> None:
    """Makes a home; with a database on a server of its own, as durable as it is by default, if that is asked for."""
    home.mkdir()
    if postgres:
        run_directory.begin()
        url = start_server(run_directory.run_directory(), DURABLE).create_database()
        (home / "headrace.yaml").write_text(json.dumps({"storage": {"postgres": {"postgres_url": url}}}))


def main() -> None:
    """Prints the figure; fails if ticks are late, lost or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", choices=["functions", "fixed"], default="functions")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--minutes", type=int, default=1)
    parser.add_argument("--busy", type=int, default=0)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="headrace-bench-") as directory, busy(given.busy):
        supervisor = Supervisor(Path(directory))
        port = free_port()
        make_home(Path(directory) / "home", postgres=given.postgres)
        try:
            env = {"HEADRACE_HOME": f"{directory}/home", "HEADRACE_BENCH_SCHEDULES": given.kind}
            supervisor.headrace("dev", "-f", DEFINITIONS, "--grpc-port", str(port), "--port", str(free_port()), env=env)
            with Client(f"127.0.0.1:{port}") as client:
                minutes = measure(client, given.minutes)
        finally:
            supervisor.close()
    where = f"{given.kind}, {'PostgreSQL' if given.postgres else 'SQLite'}, {given.busy} busy, load {os.getloadavg()[0]:.1f}"
    print(f"{where}: {COUNT} schedules due in one moment")
    if not all([told(ticks) for ticks in minutes]):
        sys.exit(f"bench: {COUNT} ticks within {LIMIT:g} s at p99 are wanted in every minute")


if __name__ == "__main__":
    main()

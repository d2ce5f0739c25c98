"""Measures what ten thousand schedules and sensors cost that have nothing to do.

python tests/bench/idle.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from idle_automation import COUNT
from side import proportional_megabytes

from headrace.client.client import Client
from headrace.errors import HeadraceError

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until

LIMIT_PERCENT = 2.0
SECONDS = 60.0
DEFINITIONS = Path(__file__).with_name("idle_automation.py")


def settled(client: Client) -> bool:
    """Whether everything is known, and every sensor that is on was asked the one time that it is asked at first."""
    running = [each for each in client.sensors.list() if each.state == "running"]
    return len(client.schedules.list()) == COUNT and all(each.last_tick_time for each in running)


def cpu_seconds(family: Sequence[psutil.Process]) -> float:
    """Processor time used so far, that of children that have ended included."""
    found = [process.cpu_times() for process in family if process.is_running()]
    return sum(each.user + each.system + each.children_user + each.children_system for each in found)


def main() -> None:
    """Prints the figures; fails if idling costs more than it may."""
    with TemporaryDirectory(prefix="headrace-bench-") as directory:
        supervisor = Supervisor(Path(directory))
        port = free_port()
        try:
            env = {"HEADRACE_HOME": f"{directory}/home"}
            dev = supervisor.headrace(
                "dev", "-f", DEFINITIONS, "--grpc-port", str(port), "--port", str(free_port()), env=env
            )
            with Client(f"127.0.0.1:{port}") as client:
                wait_until(lambda: settled(client), timeout=120, retry_on=(HeadraceError,), what="everything at rest")
            time.sleep(15)
            root = psutil.Process(dev.pid)
            family = [each for each in (root, *root.children(recursive=True)) if "eval" not in each.name()]
            before, begin = cpu_seconds(family), time.perf_counter()
            time.sleep(SECONDS)
            percent = 100 * (cpu_seconds(family) - before) / (time.perf_counter() - begin)
            megabytes = proportional_megabytes(family)
        finally:
            supervisor.close()
    print(f"{2 * COUNT} idle schedules and sensors: {percent:.2f} % of a core, {megabytes:.0f} MB")
    if percent > LIMIT_PERCENT:
        sys.exit(f"bench: at most {LIMIT_PERCENT:g} % of a core is wanted")


if __name__ == "__main__":
    main()

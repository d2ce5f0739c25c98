"""All services in one thread under simulated trouble: minutes of it in seconds, and the same again for the same seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from faults.size import AT_LENGTH

PROJECT = Path(__file__).parents[2]
# So many at once: what takes the time is to start and to make the schema.
SEEDS = range(1, 101, 5) if AT_LENGTH else range(1, 5, 2)
COUNT = 5 if AT_LENGTH else 2

pytestmark = pytest.mark.timeout(600)

EVERYTHING = "P1 P2 P3 P4 P6 P7 P8 P9 P10 P11"
SERVICES = "coordinator scheduler launcher storage location"


def simulate(first: int, count: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "faults.simulation", str(first), str(count)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, ("tests", os.environ.get("PYTHONPATH"))))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.proves(EVERYTHING, fault="F1", of=f"{SERVICES} worker")
@pytest.mark.proves(EVERYTHING, fault="F4", of=f"{SERVICES} worker")
@pytest.mark.proves(EVERYTHING, fault="F6", of=f"{SERVICES} worker")
@pytest.mark.proves(EVERYTHING, fault="F7", of=f"{SERVICES} worker")
@pytest.mark.proves(EVERYTHING, fault="F8", of="coordinator scheduler launcher")
@pytest.mark.proves(EVERYTHING, fault="F9", of="coordinator scheduler launcher location worker")
@pytest.mark.proves(EVERYTHING, fault="F10", of=f"{SERVICES} worker")
@pytest.mark.parametrize("first", SEEDS)
def test_promises_hold_in_simulated_trouble(first: int) -> None:
    done = simulate(first, COUNT)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_seed_brings_the_same_again() -> None:
    first, second = (simulate(2, 1).stdout.partition(" troubles ")[0] for _ in range(2))
    assert first and first == second

"""Fault points do nothing until a test arms them, and then exactly what it says."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace import faults


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    faults.arm("")


def test_an_unarmed_point_does_nothing() -> None:
    faults.point("storage.before_commit")


def test_a_point_raises_each_time() -> None:
    faults.arm("a=raise, b=raise@2")
    for _ in range(2):
        with pytest.raises(faults.FaultInjected, match="fault point a "):
            faults.point("a")


def test_a_point_fires_at_its_hit_only() -> None:
    faults.arm("a=raise@2")
    faults.point("a")
    with pytest.raises(faults.FaultInjected):
        faults.point("a")
    faults.point("a")


def test_a_point_blocks_the_process() -> None:
    faults.arm("a=sleep:0.05")
    started = time.monotonic()
    faults.point("a")
    assert time.monotonic() - started >= 0.05


def test_a_point_ends_the_process_as_if_killed() -> None:
    code = "from headrace import faults; faults.point('a'); print('alive', flush=True); faults.point('a'); print('not')"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"HEADRACE_FAULTS": "a=exit@2"}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (137, "alive\n")


def test_a_point_fires_once_in_all_processes_together(tmp_path: Path) -> None:
    code = "from headrace import faults; faults.point('a'); print('alive')"
    env = {"HEADRACE_FAULTS": "a=exit", "HEADRACE_FAULTS_ONCE": str(tmp_path)}
    codes = [subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode for _ in range(3)]
    assert codes == [137, 0, 0]
    assert (tmp_path / "a").exists()


@pytest.mark.parametrize("wrong", ["a", "a=explode", "a=sleep:long", "=exit", "a=exit@soon"])
def test_a_wrong_text_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="HEADRACE_FAULTS"):
        faults.arm(wrong)

"""Processes carry the name of what they do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from headrace.processes import name

NAMED = (
    "from headrace.processes.name import name_process; name_process('worker'); print(open('/proc/self/comm').read())"
)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process name itself")
def test_the_kernel_shows_what_a_process_does() -> None:
    done = subprocess.run([sys.executable, "-c", NAMED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "headrace:worker"


def test_a_system_that_does_not_allow_it_is_no_obstacle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(name, "_OWN_NAME", tmp_path / "nowhere" / "comm")
    name.name_process("worker")

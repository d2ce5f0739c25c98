"""How `headrace dev` starts the process of a code location."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from headrace.clock import SystemClock
from headrace.workspace import PythonOrigin
from headrace_services.dev.location_process import LocationProcess
from rig.processes import Supervisor

CODE = """
    import headrace as dg

    @dg.job
    def nothing(): ...
"""


@pytest.mark.parametrize("name", ["types.py", "enum.py", "numbers.py", "my défs.py"])
def test_a_file_may_be_called_like_a_module_of_the_standard_library(
    supervisor: Supervisor, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text(textwrap.dedent(CODE))
    location = LocationProcess(
        name,
        PythonOrigin("file", str(file), "", tmp_path),
        home=tmp_path,
        target="127.0.0.1:1",
        load_timeout=10,
        on_address=lambda name, address, absence: None,
        say=lambda name, line: None,
        clock=SystemClock(),
    )
    process = supervisor.start(
        "location", [each for each in location.command() if each != "--exit-with-parent"], cwd=tmp_path
    )
    process.wait_for_output('"event": "serving"')
    assert process.running

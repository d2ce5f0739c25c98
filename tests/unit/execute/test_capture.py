"""What an attempt writes is in its files while it runs, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from headrace.execute.capture import FileCapture, NoCapture

SCRIPT = """
import os, sys
from headrace.execute.capture import FileCapture

print("before")
with FileCapture(sys.argv[1]).attempt("run", "graph.step", 2) as files:
    print("from print")
    os.write(1, b"from a descriptor\\n")
    os.system("echo from a child")
    print("to stderr", file=sys.stderr)
    seen = open(os.path.join(sys.argv[1], files.stdout)).read()
    print("no newline at the end", end="")
print("after", seen.splitlines())
"""


def test_descriptors_are_redirected_and_restored(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["before", "after ['from print', 'from a descriptor', 'from a child']"]
    assert done.stderr == ""
    out = tmp_path / "run" / "graph.step.2.out"
    assert out.read_text() == "from print\nfrom a descriptor\nfrom a child\nno newline at the end"
    assert (tmp_path / "run" / "graph.step.2.err").read_text() == "to stderr\n"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    capture = FileCapture(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    for attempt in range(3):
        with capture.attempt("run", "step", attempt):
            pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_no_capture_tells_of_no_files() -> None:
    with NoCapture().attempt("run", "step", 1) as files:
        assert files is None

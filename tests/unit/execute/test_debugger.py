"""`context.pdb` stops inside of a step, and reads from the terminal whatever standard input is."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys
import headrace as dg

sys.stdin = open(os.devnull)

@dg.op
def looking(context):
    found = 40
    context.pdb.set_trace()
    return found

@dg.job
def stopping():
    looking()

print("gave", stopping.execute_in_process().output_for_node("looking"))
"""


def test_a_step_can_be_debugged_from_the_terminal(tmp_path: Path) -> None:
    program = tmp_path / "stopping_step.py"
    program.write_text(PROGRAM)
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen([sys.executable, program], stdin=theirs, stdout=subprocess.PIPE, text=True)
        os.write(ours, b"p found + 2\nc\n")
        said, _ = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert "(Pdb) 42" in said
    assert "gave 40" in said

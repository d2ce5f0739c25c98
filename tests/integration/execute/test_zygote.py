"""The process that steps are forked from, seen from its run process."""

from __future__ import annotations

import socket
import subprocess
import sys

ZYGOTE = """
import socket, sys
from headrace.execute.runners.zygote_process import serve
serve(socket.socket(fileno=int(sys.argv[1])), resolve_job=None)
"""


def test_a_run_process_that_hangs_up_with_reports_unread_is_no_error() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b"a report that nobody reads")
    ours.close()
    command = [sys.executable, "-c", ZYGOTE, str(theirs.fileno())]
    done = subprocess.run(command, pass_fds=[theirs.fileno()], capture_output=True, timeout=60, check=False)
    theirs.close()
    assert (done.returncode, done.stderr) == (0, b"")

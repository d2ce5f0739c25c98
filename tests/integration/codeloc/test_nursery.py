"""The process that hosts are forked from, seen from its front."""

from __future__ import annotations

import socket
import subprocess
import sys

NURSERY = """
import socket, sys
from headrace_codeloc.nursery import serve
serve(socket.socket(fileno=int(sys.argv[1])))
"""


def test_a_front_that_hangs_up_with_news_unread_is_no_error() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.send(b'{"exited": 1, "code": 0}')
    ours.close()
    command = [sys.executable, "-c", NURSERY, str(theirs.fileno())]
    done = subprocess.run(command, pass_fds=[theirs.fileno()], capture_output=True, timeout=60, check=False)
    theirs.close()
    assert (done.returncode, done.stderr) == (0, b"")

"""The process that hosts are forked from, seen from its front."""

from __future__ import annotations

import os
import socket

import pytest

from headrace_codeloc.nursery import serve


def test_a_front_that_hangs_up_with_news_unread_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.send(b'{"exited": 1, "code": 0}')
    ours.close()
    pid = os.fork()
    if pid == 0:
        serve(theirs)
    theirs.close()
    _, state = os.waitpid(pid, 0)
    assert (os.waitstatus_to_exitcode(state), capfd.readouterr().err) == (0, "")

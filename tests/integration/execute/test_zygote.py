"""The process that steps are forked from, seen from its run process."""

from __future__ import annotations

import os
import socket

import pytest

from headrace.execute.zygote_process import serve


def resolve_nothing(spec: object) -> None:
    raise AssertionError("no run was opened")


def test_a_run_process_that_hangs_up_with_reports_unread_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b"a report that nobody reads")
    ours.close()
    pid = os.fork()
    if pid == 0:
        serve(theirs, resolve_nothing)
    theirs.close()
    _, state = os.waitpid(pid, 0)
    assert (os.waitstatus_to_exitcode(state), capfd.readouterr().err) == (0, "")

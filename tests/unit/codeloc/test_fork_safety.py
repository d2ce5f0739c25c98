"""Finding the threads that forbid a fork."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

CHECK = """
from headrace_codeloc.host.fork_safety import choose_start_method, unsafe_threads
"""


def in_fresh_interpreter(source: str) -> str:
    program = textwrap.dedent(source)
    return subprocess.run(
        [sys.executable, "-c", CHECK + program], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


def test_our_own_imports_leave_no_thread_at_all() -> None:
    found = in_fresh_interpreter(
        """
        import os
        import headrace_codeloc.main
        from headrace_codeloc.warm import warm_up
        warm_up()
        print(len(os.listdir("/proc/self/task")), unsafe_threads())
        """
    )
    assert found == "1 []"


@pytest.mark.parametrize("wanted", ["fork", "pool", "spawn"])
def test_what_is_configured_is_not_questioned(wanted: str) -> None:
    found = in_fresh_interpreter(
        f"""
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        print(choose_start_method({wanted!r}))
        """
    )
    assert found == f"StartMethod(name='{wanted}', reason='chosen by configuration')"


def test_a_thread_that_python_does_not_know_is_traced_to_its_library() -> None:
    found = in_fresh_interpreter(
        """
        import ctypes, sqlite3, time
        # A C function that blocks, run by a thread which only the C library knows.
        libc = ctypes.CDLL(None)
        thread = ctypes.c_ulong()
        pause = ctypes.cast(libc.pause, ctypes.c_void_p)
        assert libc.pthread_create(ctypes.byref(thread), None, pause, None) == 0
        print(choose_start_method("auto").name, unsafe_threads())
        """
    )
    assert found.startswith("pool [\"thread '")


def test_threads_of_openblas_are_no_reason_not_to_fork() -> None:
    pytest.importorskip("numpy")
    assert in_fresh_interpreter("import numpy; print(choose_start_method('auto').name)") == "fork"

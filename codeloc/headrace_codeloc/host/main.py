"""The life of a host: load the user's code, say what it defines, then serve orders until the front hangs up."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import socket
import sys
import time
import traceback
from typing import NoReturn

from headrace.processes.name import name_process
from headrace.wire.definitions import to_definitions
from headrace_codeloc.code.load_failures import describe_load_failure
from headrace_codeloc.code.loader import enter_working_directory, load_location
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.code.snapshot import Snapshot
from headrace_codeloc.host.fork_safety import choose_start_method
from headrace_codeloc.host.forking_host import ForkingHost
from headrace_codeloc.host.link import Link
from headrace_codeloc.host.member import Member
from headrace_codeloc.options import LocationOptions

FORKING, MEMBER = "host", "member"
"""What a host may be: one that forks children for every order, or a member of the pool, which executes orders itself."""


def run_host(link_fd: int, dumps_fd: int, role: str, options: LocationOptions) -> NoReturn:
    """Is a host until the front hangs up; never returns to the caller's stack."""
    name_process(role)
    code = 1
    try:
        _run(Link(socket.socket(fileno=link_fd)), dumps_fd, role, options)
        code = 0
    except (BrokenPipeError, ConnectionResetError):
        pass  # the front is gone: nobody is left to tell
    except BaseException:
        traceback.print_exc()
    finally:
        _flush()
        # Without the interpreter's shutdown: code that the user registered for it belongs to workers, not here.
        os._exit(code)


def _run(link: Link, dumps_fd: int, role: str, options: LocationOptions) -> None:
    # Standard output has the front's readiness line, standard input the sign that the front's parent lives.
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    faulthandler.register(signal.SIGUSR2, os.fdopen(dumps_fd, "w"), all_threads=False)
    started = time.monotonic()
    try:
        enter_working_directory(options.source)
        location = load_location(options.source)
        snapshot = Snapshot.of(to_definitions(location.definitions))
    except BaseException as error:
        _flush()
        link.send("not_loaded", describe_load_failure(error, options.source).SerializeToString())
        return
    _flush()
    _tell(link, location, snapshot, time.monotonic() - started, options)
    # What was imported stays for good; children share these pages as long as no collector writes into them.
    gc.collect()
    gc.freeze()
    if role == MEMBER:
        Member(link, location).run()
    else:
        ForkingHost(link, location, options).run()


def _tell(link: Link, location: LoadedLocation, snapshot: Snapshot, seconds: float, options: LocationOptions) -> None:
    for part in snapshot.parts:
        link.send("part", part)
    method = choose_start_method(options.start_method)
    link.send(
        "loaded",
        digest=snapshot.digest,
        count=snapshot.count,
        seconds=seconds,
        start_method=method.name,
        reason=method.reason,
    )


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # the user's code closed it

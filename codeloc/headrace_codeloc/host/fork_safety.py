"""Whether this process may be forked: looks at every thread that importing the user's code has left behind.

A forked child has the forking thread alone, and finds every lock that another thread held locked for good. Libraries that
expect this (OpenBLAS, jemalloc) repair themselves in the child; a thread pool that has been used (rayon in polars, OpenMP
in scikit-learn) leaves the child waiting for workers that do not exist. So each thread is traced to the library that
started it, and anything but those known to be safe makes forking unsafe.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SAFE_THREADS = ("jemalloc_bg_thd", "polars-ooc-clea")
"""Names (15 characters, as the kernel keeps them) of threads that serve one purpose and hold no lock while idle."""
SAFE_LIBRARIES = ("openblas",)
"""Libraries that stop their threads before a fork and start them again afterwards, in parent and child."""

_TASKS = Path("/proc/self/task")
# glibc keeps a thread's descriptor, which holds the address of its start function, in the last page of its stack.
_DESCRIPTOR_BYTES = 4096
_C_LIBRARIES = ("libc.so", "libc-", "ld-linux", "ld-musl", "libpthread", "[")
_SETTLE_SECONDS, _SETTLE_STEP = 0.5, 0.02


@dataclass(frozen=True, slots=True)
class StartMethod:
    """How workers are started, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Mapping:
    start: int
    end: int
    executable: bool
    path: str


def choose_start_method(wanted: str) -> StartMethod:
    """Returns how this process's workers are to be started; `wanted` may leave it open with `auto`."""
    if wanted != "auto":
        return StartMethod(wanted, "chosen by configuration")
    unsafe = unsafe_threads()
    if not unsafe:
        return StartMethod("fork", "importing the code left no thread that forking would break")
    return StartMethod("pool", f"importing the code left running {', '.join(unsafe)}, which a forked process lacks")


def unsafe_threads() -> Sequence[str]:
    """Returns what is known of each thread that a forked child would miss, each kind once."""
    found = [f"Python thread {thread.name!r}" for thread in threading.enumerate() if thread.ident != _main_ident()]
    if sys.platform == "linux" and _TASKS.exists():
        found += _unsafe_native_threads()
    return list(dict.fromkeys(found))


def _main_ident() -> int | None:
    return threading.main_thread().ident


def _unsafe_native_threads() -> list[str]:
    known = {os.getpid(), *(thread.native_id for thread in threading.enumerate())}
    unsafe = []
    for task in _TASKS.iterdir():
        if int(task.name) in known:
            continue
        try:
            name = (task / "comm").read_text().strip()
            library = _library_of(task)
        except OSError:
            continue  # it has just ended
        if name in SAFE_THREADS or any(safe in library for safe in SAFE_LIBRARIES):
            continue
        unsafe.append(f"thread {name!r} of {library or 'an unknown library'}")
    return unsafe


def _library_of(task: Path) -> str:
    """Returns the file name of the library whose function a thread runs; empty if it cannot be told."""
    stack_pointer = _stack_pointer(task)
    if stack_pointer is None:
        return ""
    mappings = list(_mappings())
    stack = next((each for each in mappings if each.start <= stack_pointer < each.end), None)
    if stack is None:
        return ""
    code = [each for each in mappings if each.executable and each.path and not _is_c_library(each.path)]
    lowest = max(stack_pointer, stack.end - _DESCRIPTOR_BYTES) & ~7
    data = ctypes.string_at(lowest, stack.end - lowest)
    owner = ""
    for (word,) in struct.iter_unpack("=Q", data[: len(data) & ~7]):
        owner = next((os.path.basename(each.path) for each in code if each.start <= word < each.end), owner)
    return owner


def _stack_pointer(task: Path) -> int | None:
    """Waits briefly for the thread to block: the kernel tells the stack pointer of blocked threads only."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        fields = (task / "syscall").read_text().split()
        if len(fields) > 2:
            return int(fields[-2], 16)
        if time.monotonic() >= deadline:
            return None
        time.sleep(_SETTLE_STEP)


def _mappings() -> Iterator[_Mapping]:
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, permissions, _, _, _, *path = line.split(maxsplit=5)
        start, _, end = addresses.partition("-")
        yield _Mapping(int(start, 16), int(end, 16), "x" in permissions, path[0] if path else "")


def _is_c_library(path: str) -> bool:
    return os.path.basename(path).startswith(_C_LIBRARIES)

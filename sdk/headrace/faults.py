"""Named points at which tests break a real process; inert unless `HEADRACE_FAULTS` arms them.

`HEADRACE_FAULTS="run.after_commit=exit@3,lease.before_renew=sleep:20,outbox.before_mark=raise"`: the third time the
first point is reached the process exits as if killed; the second point blocks the whole process for 20 seconds, each
time; the third raises `FaultInjected`. `@n` fires at the n-th hit only, without it every hit fires.

With `HEADRACE_FAULTS_ONCE=<directory>` a point fires once in all processes together, so that whoever takes the place of a
killed process gets on; the file that it leaves in the directory, named like it, tells that it did.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT_VARIABLE = "HEADRACE_FAULTS"
ONCE_VARIABLE = "HEADRACE_FAULTS_ONCE"
KILLED_EXIT_CODE = 137


class FaultInjected(RuntimeError):
    """Raised by a point that was armed with `raise`."""


@dataclass(slots=True)
class _Fault:
    action: str
    seconds: float
    only_hit: int
    hits: int = 0


_armed: dict[str, _Fault] = {}


def point(name: str) -> None:
    """Marks a place where a test may break the process.

    Raises:
        FaultInjected: the point is armed with `raise`.
    """
    if _armed and name in _armed:
        _fire(name, _armed[name])


def arm(faults: str) -> None:
    """Arms the points named in `faults` and disarms all others.

    Raises:
        ValueError: `faults` does not read `name=action[@hit],…` with an action of exit, raise or sleep:SECONDS.
    """
    parsed = dict(_parse(entry.strip()) for entry in faults.split(",") if entry.strip())
    _armed.clear()
    _armed.update(parsed)


def _parse(entry: str) -> tuple[str, _Fault]:
    name, equals, rest = entry.partition("=")
    action, at, hit = rest.partition("@")
    action, _, seconds = action.partition(":")
    try:
        fault = _Fault(action, float(seconds or 0), int(hit) if at else 0)
    except ValueError:
        fault = None
    if not name or not equals or fault is None or action not in {"exit", "raise", "sleep"}:
        raise ValueError(
            f"{ENVIRONMENT_VARIABLE}: {entry!r} is not name=exit, name=raise or name=sleep:SECONDS, with @HIT"
        )
    return name, fault


def _fire(name: str, fault: _Fault) -> None:
    fault.hits += 1
    if fault.only_hit and fault.hits != fault.only_hit:
        return
    if not _is_first(name):
        return
    if fault.action == "exit":
        os._exit(KILLED_EXIT_CODE)
    if fault.action == "sleep":
        # Blocking on purpose: it stands for a process that was paused, event loop and heartbeats included.
        time.sleep(fault.seconds)
        return
    raise FaultInjected(f"fault point {name} was armed to raise")


def _is_first(name: str) -> bool:
    directory = os.environ.get(ONCE_VARIABLE)
    if not directory:
        return True
    try:
        Path(directory, name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


arm(os.environ.get(ENVIRONMENT_VARIABLE, ""))

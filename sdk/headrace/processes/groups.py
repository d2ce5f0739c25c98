"""Signals to a child and all that it started."""

from __future__ import annotations

import os


def signal_group(leader: int, number: int) -> None:
    """Signals a process and what it started; nothing if it is gone.

    Args:
        leader: The process's id, which is that of its group as soon as it has made one.
        number: The signal.
    """
    for send in (os.killpg, os.kill):
        try:
            send(leader, number)
            return
        except ProcessLookupError:
            continue  # gone, or it has not made its group yet
        except PermissionError:
            return  # a zombie's group, or another user's by now

"""Names of processes as `top`, `pgrep` and a postmortem show them: all of a location share one command line."""

from __future__ import annotations

from pathlib import Path

_OWN_NAME = Path("/proc/self/comm")


def name_process(role: str) -> None:
    """Names this process after what it does, on systems that let it.

    Args:
        role: One word; of `headrace:` and it the kernel keeps 15 characters.
    """
    try:
        _OWN_NAME.write_text(f"headrace:{role}")
    except OSError:
        pass  # not Linux, or no /proc: a convenience, no more

"""Where clients look for the gateway."""

from __future__ import annotations

import os

DEFAULT_TARGET = "127.0.0.1:4270"
TARGET_VARIABLE = "HEADRACE_TARGET"


def resolve_target(target: str | None) -> str:
    """Returns `target`, else what the environment names, else this machine's default port."""
    return target or os.environ.get(TARGET_VARIABLE) or DEFAULT_TARGET

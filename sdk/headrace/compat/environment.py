"""What a process tells those that it starts: whether `import dagster` means Headrace."""

from __future__ import annotations

import os

VARIABLE = "HEADRACE_DAGSTER_COMPAT"


def pass_on() -> None:
    """Tells the processes that this one starts that they need the import hook too."""
    os.environ[VARIABLE] = "1"


def is_wanted() -> bool:
    """Whether the process that started this one wants the import hook."""
    return os.environ.get(VARIABLE) == "1"

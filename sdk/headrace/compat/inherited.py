"""What a process is told by the one that started it: whether `import dagster` means Headrace."""

from __future__ import annotations

import os

ENVIRONMENT_VARIABLE = "HEADRACE_DAGSTER_COMPAT"


def pass_on() -> None:
    """Tells the processes that this one starts that they need the import hook too."""
    os.environ[ENVIRONMENT_VARIABLE] = "1"


def install_if_inherited() -> None:
    """Installs the import hook if the process that started this one had it."""
    if os.environ.get(ENVIRONMENT_VARIABLE) == "1":
        # Most processes need none of it.
        from headrace.compat.dagster.hook import install

        install()

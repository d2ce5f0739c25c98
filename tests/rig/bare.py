"""What starting a worker is compared with: a program that boots the same interpreter and imports the same code, and does nothing."""

from __future__ import annotations

from pathlib import Path


def importing_what_a_worker_needs(definitions: Path) -> str:
    """Returns a program."""
    return (
        "import gc; gc.disable(); import headrace_codeloc.work, headrace_codeloc.worker.session; "
        f"import runpy; runpy.run_path({str(definitions)!r})"
    )

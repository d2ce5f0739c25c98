"""`python -m headrace.compat.dagster some_module [arguments]`: runs code that says `import dagster`, as it is."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence

from headrace.compat.dagster.hook import install

_USAGE = "usage: python -m headrace.compat.dagster MODULE_OR_FILE [ARGUMENT]..."
_EXIT_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a module or a file as `python -m` or `python` would, with the hook installed."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stderr.write(f"{_USAGE}\n")
        return _EXIT_USAGE
    install()
    target = arguments[0]
    sys.argv = arguments
    if target.endswith(".py") or os.path.sep in target:
        sys.path[0] = os.path.dirname(os.path.abspath(target))
        runpy.run_path(target, run_name="__main__")
    else:
        runpy.run_module(target, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

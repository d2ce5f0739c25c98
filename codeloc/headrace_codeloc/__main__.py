"""`python -m headrace_codeloc`: serves a code location; `python -m headrace_codeloc work`: executes one of its runs."""

from __future__ import annotations

import gc
import os
import sys

# `-m` puts the current directory first: a file of the user called `numbers.py` would stand in for the standard library's.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]


def main() -> int:
    """Does what the command line says; returns the exit code."""
    if sys.argv[1:2] == ["work"]:
        # Nothing that is imported is garbage: looking for it would take a twentieth of the start. `work` turns it on again before user code.
        gc.disable()
        from headrace_codeloc.work import work

        return work(sys.argv[2:])
    from headrace_codeloc.main import main as serve

    return serve()


if __name__ == "__main__":
    sys.exit(main())

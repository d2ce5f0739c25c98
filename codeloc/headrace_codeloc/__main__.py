"""`python -m headrace_codeloc`: serves a code location."""

from __future__ import annotations

import os
import sys

# `-m` puts the current directory first: a file of the user called `numbers.py` would stand in for the standard library's.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from headrace_codeloc.main import main

if __name__ == "__main__":
    sys.exit(main())

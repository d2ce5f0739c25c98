"""Which tests of engines run with all others, and which only when they are asked for (`make engines`)."""

from __future__ import annotations

import os

import pytest

AT_LENGTH = bool(os.environ.get("HEADRACE_ENGINES_AT_LENGTH"))
RUNS = 50 if AT_LENGTH else 8
"""How many runs at once none of which may be lost."""

at_length = pytest.mark.skipif(not AT_LENGTH, reason="`make engines` runs it: it takes its time")

"""The command line: `headrace`."""

from __future__ import annotations

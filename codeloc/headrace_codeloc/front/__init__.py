"""The server of a location: answers from the last good snapshot and never runs user code."""

from __future__ import annotations

"""The process that holds the user's code: imports it once, and forks whoever has to run it."""

from __future__ import annotations

"""Fixtures of every test; each is made and documented in its module of the rig."""

from __future__ import annotations

from rig import run_directory
from rig.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

run_directory.begin()

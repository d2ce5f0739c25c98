"""Fixtures of the code location's tests; each is made and documented in its module of the rig."""

from __future__ import annotations

from rig.coordinator import coordinator
from rig.location import start_location

__all__ = ["coordinator", "start_location"]

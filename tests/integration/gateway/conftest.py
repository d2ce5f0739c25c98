"""Fixtures of these tests; each is made and documented in its module of the rig."""

from __future__ import annotations

from rig.control_plane import start_control_plane
from rig.location import start_location

__all__ = ["start_control_plane", "start_location"]

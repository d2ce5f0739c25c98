"""The fault points of services; see `headrace.faults`, which code locations share."""

from __future__ import annotations

from headrace.faults import FaultInjected, arm, point

__all__ = ["FaultInjected", "arm", "point"]

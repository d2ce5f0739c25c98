"""What workers can be started with."""

from __future__ import annotations

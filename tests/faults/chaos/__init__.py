"""A split deployment under load while its processes are killed at random moments."""

from __future__ import annotations

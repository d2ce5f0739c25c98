"""Breaking processes at named points of their code, and what is done meanwhile."""

from __future__ import annotations

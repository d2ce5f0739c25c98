"""Everything on one machine: all services in one process, and a process for each code location."""

from __future__ import annotations

"""Composing services into processes: all of them on one machine with a process per code location, or any of them apart."""

from __future__ import annotations

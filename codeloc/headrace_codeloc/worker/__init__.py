"""The process that executes one run and reports it to the coordinator."""

from __future__ import annotations

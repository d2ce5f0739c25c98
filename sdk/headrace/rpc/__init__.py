"""Calls between processes: channels, servers, deadlines, retries and errors, the same for every service."""

from __future__ import annotations

"""The public services, one servicer each: requests in, calls of operations, responses out."""

from __future__ import annotations

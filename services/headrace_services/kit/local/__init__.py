"""Calls between services that share a process: everything a network call does, without the network.

Messages are serialized and parsed again, so nobody can hand over an object that the other side may change; errors,
deadlines, cancellation, metadata and limits are those of `grpc.aio`. One test suite runs on both.
"""

from __future__ import annotations

from headrace_services.kit.local.channel import LocalChannel
from headrace_services.kit.local.server import LocalServer

__all__ = ["LocalChannel", "LocalServer"]

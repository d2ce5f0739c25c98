"""The public services as JSON (or protobuf) over HTTP, by the Connect protocol: what `curl` and browsers speak.

Requests become calls of the very handlers that serve gRPC, over an in-process channel, so that metrics,
authentication, deadlines and errors are the same on both doors. Unary calls (POST, and GET for what has no side
effects) and streams from the server are served, without compression. Beside the protocol, a stream that is asked for as plain
`application/json` is answered as one JSON document per line.
"""

from __future__ import annotations

from headrace_services.gateway.connect.application import ConnectApplication

__all__ = ["ConnectApplication"]

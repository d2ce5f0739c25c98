"""Calls between processes: channels, servers, deadlines, retries and errors, the same for every service."""

from __future__ import annotations

import os

# gRPC's core writes to standard error on its own what we tell as errors, in our words; it reads this when it is loaded.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

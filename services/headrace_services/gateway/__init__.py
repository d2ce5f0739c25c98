"""The front door: public services over gRPC and HTTP. It keeps nothing; what it answers, others know."""

from __future__ import annotations

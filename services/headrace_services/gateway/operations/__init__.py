"""What the gateway does with a request, by noun."""

from __future__ import annotations

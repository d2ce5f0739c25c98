"""What a process of Headrace inherits from the one that started it."""

from __future__ import annotations

TARGET_VARIABLE = "HEADRACE_TARGET"
"""Where the gateway is: for clients, and for user code that asks its instance."""
DEFAULT_TARGET = "127.0.0.1:4270"
TOKEN_VARIABLE = "HEADRACE_TOKEN"
"""Who calls, where a deployment asks for it."""

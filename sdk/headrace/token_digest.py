"""What may be shown of a token in the place of the token."""

from __future__ import annotations

import hashlib

_DIGITS = 32


def token_digest(token: str) -> str:
    """Returns the first hex digits of a token's SHA-256: enough to tell tokens apart, not enough to use one."""
    return hashlib.sha256(token.encode()).hexdigest()[:_DIGITS]

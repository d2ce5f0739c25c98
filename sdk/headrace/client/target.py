"""Where clients look for the gateway, and who they say they are."""

from __future__ import annotations

import os

from headrace.rpc.policy import Token
from headrace.surroundings import DEFAULT_TARGET, TARGET_VARIABLE, TOKEN_VARIABLE


def resolve_target(target: str | None) -> str:
    """Returns `target`, else what the environment names, else this machine's default port."""
    return target or os.environ.get(TARGET_VARIABLE) or DEFAULT_TARGET


def resolve_token(token: Token | None) -> Token | None:
    """Returns `token`, else what the environment holds, else none."""
    return token or os.environ.get(TOKEN_VARIABLE) or None

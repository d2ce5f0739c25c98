"""What both sides of a session agree on."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

# The guest libraries look for these.
CONTEXT_VARIABLE = "DAGSTER_PIPES_CONTEXT"
MESSAGES_VARIABLE = "DAGSTER_PIPES_MESSAGES"
_VERSION_KEY = "__dagster_pipes_version"


def encode(params: Mapping[str, Any]) -> str:
    """Returns parameters as the value of an environment variable."""
    return base64.b64encode(zlib.compress(json.dumps(params).encode())).decode()


def decode(value: str) -> Any:
    """Reads what `encode` returned."""
    return json.loads(zlib.decompress(base64.b64decode(value)))


def parse_message(line: str) -> dict[str, Any] | None:
    """Returns the message that a line holds; None if it holds something else."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and _VERSION_KEY in message else None

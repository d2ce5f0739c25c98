"""What sensors remember of an event, to know it again."""

from __future__ import annotations

from typing import Any


def mark_of(event: Any) -> str:
    """Tells one event, or record of one, from another."""
    identity = getattr(event, "storage_id", None)
    return str(identity) if identity is not None else f"{event.run_id}:{getattr(event, 'timestamp', '')}"

"""Text that fits into the contract."""

from __future__ import annotations

MAX_LINE_BYTES = 64 * 1024
"""The most that one log line, stack trace or message may have."""


def clip(text: str, size: int = MAX_LINE_BYTES) -> str:
    """Returns `text`, without its middle if it is longer than `size` bytes; lone surrogates are replaced."""
    data = text.encode(errors="replace")
    if len(data) <= size:
        return data.decode()
    half = (size - 64) // 2
    head, tail = data[:half].decode(errors="ignore"), data[-half:].decode(errors="ignore")
    return f"{head}\n… {len(data) - 2 * half} bytes left out …\n{tail}"

"""Handing a stream of a backend on to a caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from headrace.errors import RateLimitedError

# A stream is handed on one message at a time: a reader that does not take it keeps one message here and the transport's
# window, never more. One that takes nothing for this long is cut off, so that it does not hold a watch open for ever.
SLOWEST_READ_SECONDS = 30.0


async def relay(
    call: Any,
    convert: Callable[[Any], Any],
    context: Any,
    *,
    slowest_read: float = SLOWEST_READ_SECONDS,
) -> None:
    """Writes every message of a backend's stream, converted, to the caller.

    Raises:
        RateLimitedError: the caller did not take a message in time.
    """
    try:
        async for message in call:
            await asyncio.wait_for(context.write(convert(message)), slowest_read)
    except asyncio.TimeoutError:
        raise RateLimitedError(f"nothing was read for {slowest_read:g} s: watch again from your last cursor") from None
    finally:
        call.cancel()

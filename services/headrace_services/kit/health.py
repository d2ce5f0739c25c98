"""Whether a process is fit to be called: its services are asked all the time, and health says what they say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from headrace_services.kit.service import Service

logger = logging.getLogger(__name__)

# Together well below five seconds: no later than that health says what is true, on a busy machine, too.
_LOOK_SECONDS, _PATIENCE_SECONDS = 1.5, 2.5


class Health:
    """Asks services and tells when the answer is another than before.

    Args:
        services: The services of a process.
        tell: Is told whether all of them are healthy.

    Attributes:
        sick: The names of those that were not when they were last asked.
    """

    def __init__(self, services: Sequence[Service], tell: Callable[[bool], Awaitable[None]]) -> None:
        self._services = services
        self._tell = tell
        self.sick: list[str] = []

    async def tick(self, now: datetime) -> float:
        """Asks once."""
        answers = await asyncio.gather(*map(_is_healthy, self._services))
        sick = [service.name for service, healthy in zip(self._services, answers, strict=True) if not healthy]
        if bool(sick) != bool(self.sick):
            await self._tell(not sick)
            logger.log(logging.WARNING if sick else logging.INFO, "health has changed", extra={"unhealthy": sick})
        self.sick = sick
        return _LOOK_SECONDS


async def _is_healthy(service: Service) -> bool:
    try:
        return await asyncio.wait_for(service.healthy(), _PATIENCE_SECONDS)
    except Exception:
        # A service that cannot even say how it is, is not well.
        return False

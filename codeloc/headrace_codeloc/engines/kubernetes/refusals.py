"""Jobs that the cluster makes no pod for: a quota is used up, a service account does not exist, a policy forbids it.

Nothing of that shows in a pod or in the Job's state, only in events.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from headrace.integrations.endings import plain

FIELDS = "involvedObject.kind=Job,reason=FailedCreate"
_QUOTA = "exceeded quota"

Refused = Callable[[str, str], Awaitable[None]]
"""Told the name of a Job that has no pod, and why, in the cluster's words."""


class Refusals:
    """Tells of Jobs for which the cluster refuses to make a pod, at once or when waiting did not help."""

    def __init__(self, refused: Refused, patience_seconds: float) -> None:
        self._refused = refused
        self._patience_seconds = patience_seconds
        self._waiting: dict[str, tuple[float, str]] = {}

    async def listed(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Looks at what was refused before."""
        for each in objects:
            await self.changed("ADDED", each)

    async def changed(self, kind: str, thing: Mapping[str, Any]) -> None:
        """Looks at one refusal."""
        name = str(thing["involvedObject"]["name"])
        said = plain(thing.get("message"))
        if kind == "DELETED" or name in self._waiting:
            return
        if _QUOTA in said:
            self._waiting[name] = (time.monotonic() + self._patience_seconds, said)
        else:
            await self._refused(name, said)

    async def look(self) -> bool:
        """Tells of those that waited in vain."""
        now = time.monotonic()
        for name, (until, said) in list(self._waiting.items()):
            if until <= now:
                del self._waiting[name]
                await self._refused(
                    name, f"{said}: raise the quota, or let fewer runs go at once (concurrency in the instance file)"
                )
        return bool(self._waiting)

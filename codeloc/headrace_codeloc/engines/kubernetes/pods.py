"""Telling of pods that end, or will never begin."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from headrace.integrations.k8s.pod_ends import is_waiting_in_vain
from headrace_codeloc.engines.base import Ended, WorkloadEnd
from headrace_codeloc.engines.calls import Told
from headrace_codeloc.engines.kubernetes.ends import end_of, end_of_removed

logger = logging.getLogger(__name__)

Completed = Callable[[WorkloadEnd, Mapping[str, Any], bool], Awaitable[WorkloadEnd]]
"""Puts into an end what else is known of it; told the pod, and whether it is gone."""
Forget = Callable[[WorkloadEnd, Mapping[str, Any]], Awaitable[None]]
"""Removes what must not stay in the cluster."""


class PodEnds:
    """Tells of each pod's end once, as far as it remembers."""

    def __init__(self, ended: Ended, completed: Completed, forget: Forget, patience_seconds: float) -> None:
        self._ended = ended
        self._completed = completed
        self._forget = forget
        self._patience_seconds = patience_seconds
        self._alive: dict[str, Mapping[str, Any]] = {}
        self._waits_since: dict[str, float] = {}
        self._told = Told()
        self._untold: dict[str, tuple[WorkloadEnd, Mapping[str, Any]]] = {}
        self._is_first = True

    async def listed(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Compares what there is with what there was."""
        there = {each["metadata"]["uid"] for each in objects}
        for uid in [uid for uid in self._alive if uid not in there]:
            await self._over(self._alive[uid], end_of_removed(self._alive[uid]), gone=True)
        remembered, self._is_first = self._is_first, False
        for each in objects:
            await self._consider(each, remembered=remembered)

    async def changed(self, kind: str, thing: Mapping[str, Any]) -> None:
        """Looks at a pod."""
        if kind == "DELETED":
            await self._over(thing, end_of_removed(thing), gone=True)
        else:
            await self._consider(thing)

    async def look(self) -> bool:
        """Tells what nobody took, and of pods that waited long enough."""
        for uid, (end, pod) in list(self._untold.items()):
            await self._tell(uid, end, pod)
        for uid in list(self._waits_since):
            await self._consider(self._alive[uid])
        return bool(self._untold or self._waits_since)

    async def _consider(self, pod: Mapping[str, Any], *, remembered: bool = False) -> None:
        uid, now = pod["metadata"]["uid"], time.monotonic()
        since = self._waits_since.get(uid, now)
        end = end_of(pod, patience_is_over=now - since >= self._patience_seconds, remembered=remembered)
        if end is not None:
            await self._over(pod, end, gone=False)
            return
        self._alive[uid] = pod
        if is_waiting_in_vain(pod):
            self._waits_since[uid] = since
        else:
            self._waits_since.pop(uid, None)

    async def _over(self, pod: Mapping[str, Any], end: WorkloadEnd, *, gone: bool) -> None:
        uid = pod["metadata"]["uid"]
        self._alive.pop(uid, None)
        self._waits_since.pop(uid, None)
        if uid in self._told or uid in self._untold:
            return
        await self._tell(uid, await self._completed(end, pod, gone), pod)

    async def _tell(self, uid: str, end: WorkloadEnd, pod: Mapping[str, Any]) -> None:
        try:
            await self._ended(end)
            await self._forget(end, pod)
        except Exception as error:
            self._untold[uid] = (end, pod)
            logger.warning(
                "the end of a pod could not be told yet", extra={"workload": end.name, "problem": str(error)}
            )
            return
        self._untold.pop(uid, None)
        self._told.add(uid)

"""Following objects of one kind: a list, then a watch from there, again and again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from headrace.integrations.k8s.api import Api, ApiError, EventStream
from headrace.integrations.k8s.objects import GONE, listed
from headrace_codeloc.engines.kubernetes.words import unavailable
from headrace_codeloc.pauses import Pauses

logger = logging.getLogger(__name__)

# A watch is opened anew that often: what broke off unnoticed shows then.
_WATCH_SECONDS, _SPARE_SECONDS = 60, 15
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_LOOK_SECONDS = 2.0


class Follower(Protocol):
    """Who is told of objects."""

    async def listed(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """All objects that there are."""
        ...

    async def changed(self, kind: str, thing: Mapping[str, Any]) -> None:
        """One is `ADDED`, `MODIFIED` or `DELETED`."""
        ...

    async def look(self) -> bool:
        """Does what is due by now; tells whether more will be, soon."""
        ...


async def follow(api: Api, path: str, query: Mapping[str, Any], follower: Follower) -> None:
    """Tells a follower of the objects at a path, until it is canceled.

    What happened while the API was away is told too; a version that the API has forgotten leads to a new list.

    Raises:
        ApiError: it is not allowed to.
    """
    thread = ThreadPoolExecutor(1, "headrace-k8s-watch")
    try:
        await _follow(api, path, query, follower, thread)
    finally:
        thread.shutdown(wait=False)


async def _follow(
    api: Api, path: str, query: Mapping[str, Any], follower: Follower, thread: ThreadPoolExecutor
) -> None:
    version, pauses = "", Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
    while True:
        try:
            if not version:
                objects, version = await asyncio.get_running_loop().run_in_executor(thread, listed, api, path, query)
                await follower.listed(objects)
            began = time.monotonic()
            version = await _watch(api, path, {**query, "resourceVersion": version}, follower, thread)
            if time.monotonic() - began > _LONGEST_PAUSE:
                pauses.reset()
                continue
        except _ForgottenError:
            version = ""
        except Exception as error:
            if isinstance(error, ApiError) and error.code in (401, 403):
                raise
            logger.warning(
                "Kubernetes cannot be watched", extra={"problem": str(unavailable(error, api.where, "watch"))}
            )
            # What came of the last event is not known: a list tells.
            version = ""
        await asyncio.sleep(pauses.next())


class _ForgottenError(Exception):
    """The API does not know any more what happened since."""


async def _watch(api: Api, path: str, query: dict[str, Any], follower: Follower, thread: ThreadPoolExecutor) -> str:
    """Returns the version to go on with, when the watch is over."""
    loop = asyncio.get_running_loop()
    query |= {"watch": "1", "allowWatchBookmarks": "true", "timeoutSeconds": _WATCH_SECONDS}
    opening = thread.submit(api.stream, path, query, _WATCH_SECONDS + _SPARE_SECONDS)
    try:
        stream = await asyncio.wrap_future(opening)
    except ApiError as error:
        raise _ForgottenError if error.code == GONE else error from None
    except asyncio.CancelledError:
        opening.add_done_callback(_close)
        raise
    version = str(query["resourceVersion"])
    try:
        while True:
            coming = asyncio.ensure_future(loop.run_in_executor(thread, stream.next))
            while not coming.done():
                more = await follower.look()
                await asyncio.wait({coming}, timeout=_LOOK_SECONDS if more else None)
            events = coming.result()
            if events is None:
                return version
            for event in events:
                if event["type"] == "ERROR":
                    raise _said(event["object"])
                version = str(event["object"]["metadata"]["resourceVersion"])
                if event["type"] != "BOOKMARK":
                    await follower.changed(event["type"], event["object"])
    finally:
        stream.close()


def _close(opened: Future[EventStream]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().close()


def _said(state: Mapping[str, Any]) -> Exception:
    code = int(state.get("code") or 0)
    return _ForgottenError() if code == GONE else ApiError(code, str(state.get("reason")), str(state.get("message")))

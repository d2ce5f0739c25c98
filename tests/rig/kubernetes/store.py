"""Objects with versions, and a history of their changes that is forgotten from the front, as in a real API server."""

from __future__ import annotations

import asyncio
import copy
import datetime
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

from rig.kubernetes.selectors import Selector

Object = dict[str, Any]
Key = tuple[str, str, str]


class RefusedError(Exception):
    """The API says no."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message


class Store:
    """All objects by kind, namespace and name. Used from one event loop."""

    def __init__(self) -> None:
        self._objects: dict[Key, Object] = {}
        self._history: list[tuple[int, str, Key, Object, Object | None]] = []
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[str, str, Object], None]] = []
        self.version = 1
        self.oldest = 1
        self.watches = 0

    def listen(self, listener: Callable[[str, str, Object], None]) -> None:
        """Calls back with the kind of change, the kind of object and the object."""
        self._listeners.append(listener)

    def get(self, kind: str, namespace: str, name: str) -> Object:
        """Returns an object."""
        try:
            return copy.deepcopy(self._objects[kind, namespace, name])
        except KeyError:
            raise RefusedError(404, "NotFound", f'{kind} "{name}" not found') from None

    def find(self, kind: str, namespace: str, selector: Selector | None = None) -> list[Object]:
        """Returns the objects that a selector means."""
        return [
            copy.deepcopy(each)
            for (its_kind, its_namespace, _), each in sorted(self._objects.items())
            if its_kind == kind and its_namespace == namespace and (selector is None or selector.matches(each))
        ]

    def create(self, kind: str, namespace: str, thing: Object) -> Object:
        """Stores a new object."""
        name = thing["metadata"]["name"]
        if (kind, namespace, name) in self._objects:
            raise RefusedError(409, "AlreadyExists", f'{kind} "{name}" already exists')
        made = copy.deepcopy(thing)
        made["metadata"] |= {"namespace": namespace, "uid": str(uuid.uuid4()), "creationTimestamp": now()}
        self._put("ADDED", (kind, namespace, name), made)
        return copy.deepcopy(made)

    def update(self, kind: str, namespace: str, name: str, change: Callable[[Object], None]) -> Object | None:
        """Changes an object, if it is still there."""
        before = self._objects.get((kind, namespace, name))
        if before is None:
            return None
        after = copy.deepcopy(before)
        change(after)
        if after != before:
            self._put("MODIFIED", (kind, namespace, name), after)
        return copy.deepcopy(after)

    def remove(self, kind: str, namespace: str, name: str) -> None:
        """Removes an object, if it is still there."""
        gone = self._objects.get((kind, namespace, name))
        if gone is not None:
            self._put("DELETED", (kind, namespace, name), copy.deepcopy(gone))

    def forget_history(self) -> None:
        """Forgets what happened until now; who wants to know gets 410."""
        self._history.clear()
        self.version += 1
        self.oldest = self.version

    async def watch(
        self, kind: str, namespace: str, selector: Selector, since: int
    ) -> AsyncIterator[tuple[str, Object] | None]:
        """Tells of changes after a version; None when nothing happened for a while."""
        while True:
            if since < self.oldest:
                raise RefusedError(410, "Expired", f"too old resource version: {since} ({self.oldest})")
            self._changed.clear()
            until = self.version
            for version, change, (its_kind, its_namespace, _), thing, before in list(self._history):
                if version <= since or its_kind != kind or its_namespace != namespace:
                    continue
                was = before is not None and selector.matches(before)
                if selector.matches(thing):
                    yield change, thing
                elif was:
                    yield "DELETED", thing
            since = max(since, until)
            if since < self.version:
                continue
            changed = asyncio.ensure_future(self._changed.wait())
            done, _ = await asyncio.wait({changed}, timeout=0.5)
            if not done:
                changed.cancel()
                yield None

    def _put(self, change: str, key: Key, thing: Object) -> None:
        self.version += 1
        before = self._objects.get(key)
        thing["metadata"]["resourceVersion"] = str(self.version)
        if change == "DELETED":
            del self._objects[key]
        else:
            self._objects[key] = thing
        self._history.append((self.version, change, key, copy.deepcopy(thing), before))
        self._changed.set()
        for listener in self._listeners:
            listener(change, key[0], copy.deepcopy(thing))


def now() -> str:
    """Returns the time as the API writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

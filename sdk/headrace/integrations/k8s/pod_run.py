"""One pod, from the moment that it is made to its end, with all that it prints."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil
from typing import Any

import urllib3

from headrace.integrations.endings import EndKind, plain
from headrace.integrations.k8s import objects
from headrace.integrations.k8s.api import Api, ApiError, TextStream
from headrace.integrations.k8s.pod_ends import how_ended, is_running, is_waiting_in_vain, why_not_begun, why_removed
from headrace.integrations.k8s.words import no_answer, said

logger = logging.getLogger(__name__)

# A watch is opened anew that often, and everything that is due is looked at.
_WATCH_SECONDS, _SPARE_SECONDS = 10, 15
_AWAY_SECONDS = 300.0
"""How long the API may be away before nobody waits for it any more."""
_PAUSE_SECONDS = 1.0
_LAST_WORDS_SECONDS = 15.0
"""How long what a pod has printed may take to come after its end."""

_REFUSED = "involvedObject.kind=Job,reason=FailedCreate"

Print = Callable[[Iterable[bytes]], None]
"""Takes what a container prints, in pieces, until there is no more."""


class PodRun:
    """Follows the newest pod that a selector finds.

    Args:
        api: The cluster.
        namespace: Where the pod is.
        query: What finds it: a label or field selector.
        container: The container that counts.
        take: Takes what that prints, in a thread.
        patience_seconds: How long the pod may wait for what may come: an image, a Secret, a quota.
    """

    def __init__(
        self, api: Api, namespace: str, query: Mapping[str, str], container: str, take: Print, patience_seconds: float
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._query = query
        self._container = container
        self._take = take
        self._patience_seconds = patience_seconds
        self._printing: threading.Thread | None = None
        self._stream: TextStream | None = None
        self._ended = threading.Event()
        self._is_given_up = False
        self._waits_since = time.monotonic()
        self._failed: BaseException | None = None

    def end(self, timeout_seconds: float | None) -> tuple[EndKind, str]:
        """Waits for the pod's end, and returns how it ended.

        Args:
            timeout_seconds: How long that may take; for ever when left out.
        """
        try:
            end = self._awaited(timeout_seconds)
        finally:
            self._finish_printing()
        if self._failed is not None:
            return "lost", f"what it printed could not be taken: {self._failed}"
        return end

    def _awaited(self, timeout_seconds: float | None) -> tuple[EndKind, str]:
        began = time.monotonic()
        for pod, is_gone in self._changes(timeout_seconds and began + timeout_seconds):
            waited = time.monotonic() - began
            if pod is not None and (end := self._considered(pod, is_gone)):
                self._ended.set()
                return end
            if self._failed is not None:
                break
            if pod is None and waited >= self._patience_seconds and (why := self._refusals()):
                return "not_started", f"Kubernetes makes no pod for it: {why}"
            if timeout_seconds and waited >= timeout_seconds:
                return "lost", f"it did not end within {timeout_seconds:g} s{self._why_not_begun(pod)}"
        return "lost", "nobody follows it any more"

    def _considered(self, pod: Mapping[str, Any], is_gone: bool) -> tuple[EndKind, str] | None:
        if is_running(pod, self._container) and self._printing is None:
            self._printing = threading.Thread(
                target=self._print, args=(pod["metadata"]["name"],), name="headrace-pod-log", daemon=True
            )
            self._printing.start()
        if not is_waiting_in_vain(pod):
            self._waits_since = time.monotonic()
        patience_is_over = time.monotonic() - self._waits_since >= self._patience_seconds
        end = how_ended(pod, self._container) or why_not_begun(pod, patience_is_over)
        if end is None and is_gone:
            return "lost", f"its pod {pod['metadata']['name']} was removed{why_removed(pod)}"
        return end

    def _why_not_begun(self, pod: Mapping[str, Any] | None) -> str:
        if self._printing is not None:
            return ""
        status: Mapping[str, Any] = (pod or {}).get("status") or {}
        told = [plain(each.get("message")) for each in status.get("conditions") or () if each.get("status") == "False"]
        return f", its pod has not begun{''.join(f': {each}' for each in told if each)}"

    def _refusals(self) -> str:
        """Returns why no pod was made: that shows in no object, only in events."""
        try:
            events, _ = objects.listed(self._api, objects.events(self._namespace), {"fieldSelector": _REFUSED})
        except (ApiError, urllib3.exceptions.HTTPError, OSError):
            return ""
        name = self._query.get("labelSelector", "").partition("=")[2]
        found = [each.get("message", "") for each in events if each["involvedObject"]["name"] == name]
        return plain(found[-1]) if found else ""

    def _changes(self, deadline: float | None) -> Iterator[tuple[Mapping[str, Any] | None, bool]]:
        """Yields the pod whenever it changed, now and then, and at the deadline, with whether it is gone."""
        path, away_since = objects.pods(self._namespace), None
        seen: Mapping[str, Any] | None = None
        while True:
            try:
                found, version = objects.listed(self._api, path, self._query)
                gone = seen if seen is not None and not found else None
                seen = found[-1] if found else None
                yield (gone, True) if gone is not None else (seen, False)
                away_since = None
                for kind, pod in self._events(path, version, deadline):
                    seen = pod
                    yield pod, kind == "DELETED"
            except (ApiError, urllib3.exceptions.HTTPError, OSError) as error:
                is_final = isinstance(error, ApiError) and error.code in (401, 403)
                away_since = away_since or time.monotonic()
                if is_final or time.monotonic() - away_since > _AWAY_SECONDS:
                    raise
                where = self._api.where
                problem = said(error, where) if isinstance(error, ApiError) else no_answer(error, where)
                logger.warning("a pod cannot be watched", extra={"problem": problem})
                time.sleep(_PAUSE_SECONDS)
                yield seen, False

    def _events(self, path: str, version: str, deadline: float | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
        left = _WATCH_SECONDS if deadline is None else min(_WATCH_SECONDS, max(1, ceil(deadline - time.monotonic())))
        query = {**self._query, "watch": "1", "resourceVersion": version, "timeoutSeconds": left}
        stream = self._api.stream(path, query, _WATCH_SECONDS + _SPARE_SECONDS)
        try:
            while (events := stream.next()) is not None:
                for each in events:
                    if each["type"] == "ERROR":
                        return
                    if each["type"] != "BOOKMARK":
                        yield each["type"], each["object"]
        finally:
            stream.close()

    def _print(self, pod_name: str) -> None:
        try:
            self._take(self._pieces(pod_name))
        except Exception as error:
            if not self._is_given_up:
                self._failed = error

    def _pieces(self, pod_name: str) -> Iterator[bytes]:
        """Yields what the container prints, each piece once, also when the connection breaks in between."""
        path, taken = f"{objects.pods(self._namespace, pod_name)}/log", 0
        while not self._is_given_up:
            # What was opened after the end has all of it; what was opened before may have been broken off.
            is_last = self._ended.is_set()
            try:
                self._stream = self._api.follow_text(path, {"container": self._container, "follow": "true"})
                # All is told again, from the beginning.
                skip = taken
                for piece in self._stream:
                    new = piece[skip:]
                    skip = max(0, skip - len(piece))
                    taken += len(new)
                    if new:
                        yield new
                if is_last:
                    return
            except (urllib3.exceptions.HTTPError, OSError, ValueError):
                # The API is away for a moment; ValueError is how a closed response answers.
                time.sleep(_PAUSE_SECONDS)
            except ApiError as error:
                if error.code == objects.NOT_FOUND:
                    return
                raise
            self._ended.wait(_PAUSE_SECONDS)

    def _finish_printing(self) -> None:
        # Of a pod that is told to end nobody waits for the last words.
        if self._printing is not None and self._ended.is_set():
            self._printing.join(_LAST_WORDS_SECONDS)
            if self._printing.is_alive():
                logger.warning("the last that a pod printed is missing", extra={"query": dict(self._query)})
        self._is_given_up = True
        if self._stream is not None:
            self._stream.close()

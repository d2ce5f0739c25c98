"""Slots of pools for the steps of one run: asked for at once, waited for in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.errors import HeadraceError, LeaseLostError, UnimplementedError
from headrace.execute.scheduling.slots import Ask
from headrace_codeloc.pauses import Pauses
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.coordinator import Coordinator

WAIT_SECONDS = 20.0
"""How long one call waits for a slot."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_MOST_PRIORITY = 2**31 - 1


class PoolSlots:
    """Says to the coordinator which steps hold slots or want one, as often as that changes.

    What it says is numbered. An answer to anything but the last that was said is thrown away: since then a step may have
    given its slot back, and asked anew.

    Args:
        coordinator: Shares slots out.
        cancel: Called when the coordinator says that the run is to be canceled.
        abandon: Called when the lease is lost.
        wake: Called when a step that waited has its slot.
        run_priority: Of the run; the priority of a step counts within it.
    """

    def __init__(
        self,
        coordinator: Coordinator,
        *,
        cancel: Callable[[], None],
        abandon: Callable[[Exception], None],
        wake: Callable[[], None],
        run_priority: int = 0,
    ) -> None:
        self._coordinator = coordinator
        self._cancel = cancel
        self._abandon = abandon
        self._wake = wake
        self._run_priority = run_priority
        self._changed = threading.Condition()
        self._demands: dict[str, Ask] = {}
        self._held: set[str] = set()
        self._news: set[str] = set()
        self._round = self._heard_round = 0
        self._closing = self._canceled = False
        self._call: Callable[[], object] | None = None
        self._thread: threading.Thread | None = None

    def claim(self, asks: Sequence[Ask]) -> Collection[str]:
        """Asks for slots; returns the steps that have theirs now."""
        with self._changed:
            self._demands.update((ask.key, ask) for ask in asks)
            self._say_anew()
            request = self._request(wait=0.0)
        try:
            answer = self._coordinator.claim_pool_slots(request)
        except UnimplementedError:
            # A coordinator of before there were pools: as then, they hold nothing up.
            return self._unlimited(asks)
        except LeaseLostError as error:
            self._abandon(error)
            raise
        except (HeadraceError, UnreachableError):
            # Whatever is wrong with the coordinator, it is asked again in the background.
            answer = None
        wanted = {ask.key for ask in asks}
        with self._changed:
            if answer is not None:
                self._news |= self._take(request, answer)
            # The thread in the background may have said the same, and heard it first.
            granted = wanted & self._held
            self._news -= granted
            self._start()
            self._changed.notify_all()
        return granted

    def _unlimited(self, asks: Sequence[Ask]) -> Collection[str]:
        keys = {ask.key for ask in asks}
        with self._changed:
            for key in keys:
                del self._demands[key]
        return keys

    def granted(self) -> Collection[str]:
        """Takes the steps that waited and have their slots now."""
        with self._changed:
            news, self._news = self._news, set()
            return news

    def release(self, key: str) -> None:
        """Gives a step's slot back, or stops waiting for it; does not wait for anybody to hear of it."""
        with self._changed:
            if self._demands.pop(key, None) is None:
                return
            self._held.discard(key)
            self._news.discard(key)
            self._say_anew()
            self._changed.notify_all()

    def close(self) -> None:
        """Says nothing more: what is held ends with the run."""
        with self._changed:
            self._closing = True
            self._interrupt()
            self._changed.notify_all()

    def _say_anew(self) -> None:
        self._round += 1
        self._interrupt()

    def _interrupt(self) -> None:
        if self._call is not None:
            self._call()

    def _request(self, wait: float) -> pb.ClaimPoolSlotsRequest:
        request = pb.ClaimPoolSlotsRequest(
            round=self._round,
            demands=[
                pb.PoolDemand(step_key=ask.key, pool=ask.pool, priority=self._priority(ask), held=ask.key in self._held)
                for ask in self._demands.values()
            ],
        )
        request.wait.FromNanoseconds(int(wait * 1e9))
        return request

    def _priority(self, ask: Ask) -> int:
        return max(-_MOST_PRIORITY, min(self._run_priority + ask.priority, _MOST_PRIORITY))

    def _take(self, request: pb.ClaimPoolSlotsRequest, answer: pb.ClaimPoolSlotsResponse) -> set[str]:
        """Returns the steps that this answer gives slots to; none if something else was said meanwhile."""
        if answer.cancel_requested:
            # Nothing will start any more, so nothing is waited for; what ends is still said.
            self._canceled = True
            self._cancel()
        if request.round != self._round:
            return set()
        self._heard_round = request.round
        news = set(answer.step_keys) - self._held
        self._held |= news
        return news

    def _start(self) -> None:
        if self._thread is None and self._is_due():
            self._thread = threading.Thread(target=self._run, name="headrace-pools", daemon=True)
            self._thread.start()

    def _is_due(self) -> bool:
        waits = not self._canceled and len(self._held) < len(self._demands)
        return waits or self._heard_round != self._round

    def _run(self) -> None:
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        try:
            while (request := self._next_request()) is not None:
                try:
                    answer = self._coordinator.await_pool_slots(request, WAIT_SECONDS, self._remember)
                except LeaseLostError:
                    raise
                except (HeadraceError, UnreachableError):
                    # A coordinator that is leaving breaks off who waits there; another one takes over.
                    self._pause(pauses.next())
                    continue
                pauses.reset()
                if answer is not None:
                    self._tell(request, answer)
        except Exception as error:
            if not self._closing:
                self._abandon(error)

    def _next_request(self) -> pb.ClaimPoolSlotsRequest | None:
        """Waits until there is something to say or to wait for; None when nothing is to be said any more."""
        with self._changed:
            while not self._closing and not self._is_due():
                self._changed.wait()
            if self._closing:
                return None
            return self._request(WAIT_SECONDS if self._heard_round == self._round else 0.0)

    def _remember(self, call: Callable[[], object] | None, round_: int) -> bool:
        """Keeps what ends the call in flight; False if it is out of date already."""
        with self._changed:
            self._call = call
            return call is None or (round_ == self._round and not self._closing)

    def _tell(self, request: pb.ClaimPoolSlotsRequest, answer: pb.ClaimPoolSlotsResponse) -> None:
        with self._changed:
            news = self._take(request, answer)
            self._news |= news
        if news:
            self._wake()

    def _pause(self, seconds: float) -> None:
        with self._changed:
            if not self._closing:
                self._changed.wait(seconds)

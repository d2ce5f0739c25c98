"""Reporting events in batches, and the lease that allows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from headrace.api.types.v1.event_pb2 import Event as EventMessage
from headrace.execute.events.event import Event, LogRecorded
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.coordinator import Coordinator
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.reporter import Reporter
from rig.waiting import wait_until


class RecordingBatches(Coordinator):
    """Keeps batches; the test decides when it answers."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, list[str]]] = []
        self.sizes: list[int] = []
        self.open = threading.Event()
        self.open.set()
        self.cancel_requested = False

    def report(self, batch: int, events: Sequence[EventMessage], lease: Lease) -> bool:
        assert self.open.wait(10)
        if lease.seconds_left <= 0:
            raise UnreachableError("too late")
        self.batches.append((batch, [event.log_recorded.message for event in events]))
        self.sizes.append(sum(event.ByteSize() for event in events))
        return self.cancel_requested

    def messages(self) -> list[str]:
        return [message for _, messages in self.batches for message in messages]


class Harness:
    """A reporter and what it called."""

    def __init__(self, lease_seconds: float = 60.0) -> None:
        self.coordinator = RecordingBatches()
        self.canceled = 0
        self.abandoned: list[Exception] = []
        lease = Lease(lease_seconds, time.monotonic())
        self.reporter = Reporter(self.coordinator, lease, cancel=self._cancel, abandon=self.abandoned.append)
        self.reporter.start()

    def _cancel(self) -> None:
        self.canceled += 1

    def emit(self, *messages: str) -> None:
        for message in messages:
            self.reporter.emit(Event("run-1", time.time(), "", 0, LogRecorded(20, message)))


@pytest.fixture
def harness() -> Callable[..., Harness]:
    return Harness


def test_an_event_is_reported_soon_without_waiting_for_others(harness: Callable[..., Harness]) -> None:
    made = harness()
    made.emit("one")
    wait_until(lambda: made.coordinator.batches == [(1, ["one"])])


def test_events_while_a_batch_is_under_way_go_together(harness: Callable[..., Harness]) -> None:
    made = harness()
    made.coordinator.open.clear()
    made.emit(*(str(number) for number in range(250)))
    made.coordinator.open.set()
    wait_until(lambda: len(made.coordinator.messages()) == 250)
    assert len(made.coordinator.batches) <= 4
    assert made.coordinator.messages() == [str(number) for number in range(250)]


def test_what_is_left_at_the_end_becomes_the_last_batch(harness: Callable[..., Harness]) -> None:
    made = harness()
    made.coordinator.open.clear()
    made.emit(*(str(number) for number in range(1300)))
    made.coordinator.open.set()
    batch, events = made.reporter.close()
    everything = made.coordinator.messages() + [event.log_recorded.message for event in events]
    assert everything == [str(number) for number in range(1300)]
    assert batch == len(made.coordinator.batches) + 1
    assert len(events) <= 500


def test_nothing_left_is_no_batch(harness: Callable[..., Harness]) -> None:
    made = harness()
    assert made.reporter.close() == (0, ())


def test_no_batch_is_larger_than_a_message_may_be(harness: Callable[..., Harness]) -> None:
    made = harness()
    made.emit(*("x" * 60_000 for _ in range(100)))
    _, events = made.reporter.close()
    assert max(made.coordinator.sizes) <= 1_000_000
    assert len(made.coordinator.messages()) + len(events) == 100


def test_whoever_tells_too_much_waits(harness: Callable[..., Harness]) -> None:
    made = harness()
    made.coordinator.open.clear()
    told: list[int] = []

    def tell() -> None:
        for number in range(5000):
            made.emit(str(number))
            told.append(number)

    thread = threading.Thread(target=tell)
    thread.start()
    wait_until(lambda: len(told) >= 2000, what="a full queue")
    assert len(told) < 2500
    made.coordinator.open.set()
    thread.join(10)
    made.reporter.close()
    assert len(told) == 5000


def test_a_cancel_in_an_answer_is_passed_on(harness: Callable[..., Harness]) -> None:
    made = harness()
    made.coordinator.cancel_requested = True
    made.emit("one")
    wait_until(lambda: made.canceled)


def test_a_batch_that_cannot_be_stored_any_more_abandons_the_run(harness: Callable[..., Harness]) -> None:
    made = harness(lease_seconds=0.0)
    made.emit("one")
    wait_until(lambda: made.abandoned)


def test_a_lease_counts_from_before_it_was_asked_for() -> None:
    now = time.monotonic()
    lease = Lease(15.0, now - 5.0)
    assert 8.5 < lease.seconds_left <= 9.0
    lease.renew(now)
    assert 13.5 < lease.seconds_left <= 14.0
    lease.renew(now - 60.0)
    assert lease.seconds_left > 13.0, "an answer that came late takes nothing away"


def test_a_short_lease_keeps_half_of_itself() -> None:
    assert Lease(1.0, time.monotonic()).seconds_left == pytest.approx(0.5, abs=0.1)

"""A worker acts no longer than its lease: it counts from before it asked, stops early, and hears of what went wrong."""

from __future__ import annotations

import threading
import time
from typing import cast

import pytest

from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.heartbeat import Heartbeat
from headrace_codeloc.worker.kill_timer import KillTimer
from headrace_codeloc.worker.lease import Lease


class Timer:
    """Notes when the kernel was asked to end this process."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def set(self, moment: float) -> None:
        self.moments.append(moment)


class Coordinator:
    """Answers renewals in turn: with a grant that asks for a cancel or does not, or with a failure; the last one stays."""

    def __init__(self, *answers: bool | Exception) -> None:
        self._answers = list(answers)

    def heartbeat(self, lease: Lease, seconds: float) -> bool:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        lease.renew(time.monotonic())
        return answer


class Told:
    """What a heartbeat told."""

    def __init__(self, lease: Lease, coordinator: Coordinator) -> None:
        self.canceled, self.ended = threading.Event(), threading.Event()
        self.problems: list[Exception] = []
        self.heartbeat = Heartbeat(coordinator, lease, 0.01, cancel=self.canceled.set, abandon=self._abandon)
        self.heartbeat.start()

    def _abandon(self, problem: Exception) -> None:
        self.problems.append(problem)
        self.ended.set()


@pytest.mark.parametrize(("ttl", "margin"), [(15.0, 1.0), (2.0, 1.0), (0.5, 0.25)])
def test_it_stops_before_its_lease_ends_and_the_kernel_ends_it_in_between(ttl: float, margin: float) -> None:
    timer, lease = Timer(), Lease(ttl, sent_at=100.0)
    assert lease.deadline == 100.0 + ttl - margin
    lease.enforce(cast(KillTimer, timer))
    lease.renew(110.0)
    assert timer.moments == [100.0 + ttl - margin / 2, 110.0 + ttl - margin / 2]
    assert lease.deadline == 110.0 + ttl - margin


def test_an_answer_that_comes_late_takes_nothing_back() -> None:
    lease = Lease(15.0, sent_at=100.0)
    lease.renew(110.0)
    lease.renew(105.0)
    assert lease.deadline == 124.0


def test_a_lease_that_somebody_else_has_is_given_up_at_once() -> None:
    lost = PermissionError("another worker has the run")
    told = Told(Lease(15.0, time.monotonic()), Coordinator(False, lost))
    assert told.ended.wait(30)
    assert told.problems == [lost]


def test_a_coordinator_that_is_away_is_asked_until_the_lease_ends() -> None:
    began = time.monotonic()
    told = Told(Lease(0.4, began), Coordinator(UnreachableError("nobody answers")))
    assert told.ended.wait(30)
    assert time.monotonic() - began >= 0.2
    assert [str(problem) for problem in told.problems] == ["the lease ended before it could be renewed"]


def test_a_cancel_is_heard_of() -> None:
    told = Told(Lease(15.0, time.monotonic()), Coordinator(False, True))
    assert told.canceled.wait(30)
    told.heartbeat.stop()


def test_who_has_ended_hears_nothing_more() -> None:
    asked, go_on = threading.Event(), threading.Event()

    class Slow(Coordinator):
        def heartbeat(self, lease: Lease, seconds: float) -> bool:
            asked.set()
            go_on.wait(30)
            raise PermissionError("the run is over")

    told = Told(Lease(15.0, time.monotonic()), Slow(False))
    assert asked.wait(30)
    told.heartbeat.stop()
    go_on.set()
    told.heartbeat._thread.join(30)
    assert told.problems == []

"""Evaluations in flight: in forked children, a bounded number at once, each killed at its deadline.

A child takes the next evaluation that waits, so that a crowd of them costs a few forks. It takes none after it was late,
and none any more when it has served for long: what user code leaves behind in a process is not to pile up.
"""

from __future__ import annotations

import os
import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from headrace.errors import QueueFullError
from headrace.processes.parent_death import ParentDeath
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.answers import crash_answer, refusal, timeout_answer
from headrace_codeloc.host.evaluator import Evaluator
from headrace_codeloc.host.link import Link
from headrace_codeloc.messages import Message

MOST_WAITING = 1_000
DUMP_SECONDS = 0.1
"""How long before its end an evaluation is asked where it is."""
IDLE_SECONDS = 0.1
"""How long a child waits for the next evaluation of a crowd."""
MOST_SERVED = 200
"""A child ends after this many evaluations."""
KEPT_FROM_SENSORS = 2
"""Sensors may take their time, even an hour: so many of those that may run at once are left to schedules and plans."""
_SENSOR = "EvaluateSensor"


@dataclass(slots=True, eq=False)
class _Evaluation:
    id: int
    method: str
    body: bytes
    deadline: float
    seconds: float


class Evaluations:
    """Has children evaluate, and sends their answers to the front."""

    def __init__(
        self,
        link: Link,
        location: LoadedLocation,
        selector: selectors.BaseSelector,
        most_at_once: int,
        host_descriptors: Callable[[], Sequence[int]],
    ) -> None:
        self._link = link
        self._location = location
        self._selector = selector
        self._most_at_once = most_at_once
        self._host_descriptors = host_descriptors
        self._dies_with_host = ParentDeath()
        self._waiting: deque[_Evaluation] = deque()
        self._children: dict[int, Evaluator] = {}
        self._running: dict[int, _Evaluation] = {}
        self._idle: dict[int, float] = {}

    def add(self, order: Message) -> None:
        """Takes an order to evaluate."""
        seconds = float(order.fields["seconds"])
        evaluation = _Evaluation(
            order.fields["id"], order.fields["method"], order.body, time.monotonic() + seconds, seconds
        )
        if len(self._waiting) >= MOST_WAITING:
            self._answer(evaluation, refusal(QueueFullError(f"{MOST_WAITING} evaluations wait already")))
            return
        self._waiting.append(evaluation)
        self._begin()

    def abandon(self, evaluation_id: int) -> None:
        """Ends an evaluation that nobody waits for any more."""
        self._waiting = deque(each for each in self._waiting if each.id != evaluation_id)
        for pid, evaluation in list(self._running.items()):
            if evaluation.id == evaluation_id:
                del self._running[pid]
                self._children[pid].kill()

    def expire(self) -> None:
        """Ends what is over its deadline, and children that have nothing to do."""
        now = time.monotonic()
        for late in [each for each in self._waiting if each.deadline <= now]:
            self._waiting.remove(late)
            self._answer(
                late, timeout_answer(late.method, late.seconds, "It waited for other evaluations all the time.")
            )
        for pid, evaluation in list(self._running.items()):
            child = self._children[pid]
            if evaluation.deadline <= now:
                child.kill()
                del self._running[pid]
                self._answer(evaluation, timeout_answer(evaluation.method, evaluation.seconds, child.stack()))
            elif not child.dumped and evaluation.deadline - DUMP_SECONDS <= now:
                child.ask_where_it_is()
        for pid in [pid for pid, until in self._idle.items() if until <= now]:
            self._dismiss(self._children[pid])

    def seconds_left(self) -> float | None:
        """How long nothing expires; None when nothing is there to expire."""
        moments = [*(each.deadline for each in self._waiting), *self._idle.values()]
        for pid, evaluation in self._running.items():
            moments.append(evaluation.deadline - (0.0 if self._children[pid].dumped else DUMP_SECONDS))
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def reap(self) -> None:
        """Takes note of children that have ended."""
        for pid, child in list(self._children.items()):
            ended, wait_state = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._read_answers(child)
                self._dismiss(child)
                del self._children[pid]
                child.forget()
                unanswered = self._running.pop(pid, None)
                if unanswered is not None:
                    code = os.waitstatus_to_exitcode(wait_state)
                    self._answer(unanswered, crash_answer(unanswered.method, code))
        self._begin()

    def descriptors(self) -> Sequence[int]:
        """What children of the host have no use for."""
        return [each for child in self._children.values() for each in child.descriptors()]

    def _begin(self) -> None:
        while (evaluation := self._next()) is not None:
            child = self._free_child()
            if child is None:
                return
            self._waiting.remove(evaluation)
            try:
                child.give(evaluation.method, evaluation.body)
            except OSError:
                # It has ended while it was idle, which user code can bring about at any time.
                self._dismiss(child)
                self._waiting.appendleft(evaluation)
                continue
            self._running[child.pid] = evaluation

    def _next(self) -> _Evaluation | None:
        """The first that may begin."""
        sensors = sum(each.method == _SENSOR for each in self._running.values())
        if sensors < max(1, self._most_at_once - KEPT_FROM_SENSORS):
            return self._waiting[0] if self._waiting else None
        return next((each for each in self._waiting if each.method != _SENSOR), None)

    def _free_child(self) -> Evaluator | None:
        if self._idle:
            pid, _ = self._idle.popitem()
            return self._children[pid]
        if len(self._children) >= self._most_at_once:
            return None
        child = Evaluator(self._location, [*self._host_descriptors()], self._dies_with_host)
        self._children[child.pid] = child
        self._selector.register(child, selectors.EVENT_READ, partial(self._read_answers, child))
        return child

    def _read_answers(self, child: Evaluator) -> None:
        for message in child.answers():
            evaluation = self._running.pop(child.pid, None)
            if evaluation is not None:
                self._answer(evaluation, message)
                self._release(child)
        if child.ended:
            self._dismiss(child)
        self._begin()

    def _release(self, child: Evaluator) -> None:
        """Keeps a child for the next evaluation, or lets it end."""
        if child.dumped or child.served >= MOST_SERVED:
            self._dismiss(child)
        else:
            self._idle[child.pid] = time.monotonic() + IDLE_SECONDS

    def _dismiss(self, child: Evaluator) -> None:
        self._idle.pop(child.pid, None)
        if child.fileno() >= 0:
            self._selector.unregister(child)
            child.dismiss()

    def _answer(self, evaluation: _Evaluation, message: Message) -> None:
        self._link.send(message.kind, message.body, **message.fields, id=evaluation.id)

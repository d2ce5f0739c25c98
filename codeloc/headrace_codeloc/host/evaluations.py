"""Evaluations in flight: one forked child each, killed at its deadline, a bounded number at once."""

from __future__ import annotations

import faulthandler
import os
import selectors
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO

from headrace.errors import QueueFullError
from headrace.execute.parent_death import ParentDeath
from headrace.process_name import name_process
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.answers import crash_answer, refusal, timeout_answer
from headrace_codeloc.evaluate.methods import evaluate
from headrace_codeloc.host.children import fork_child, kill_group
from headrace_codeloc.host.link import Link
from headrace_codeloc.messages import Decoder, Message, encode

MOST_WAITING = 1_000
DUMP_SECONDS = 0.1
"""How long before its end an evaluation is asked where it is."""
_CHUNK = 1 << 16


@dataclass(slots=True, eq=False)
class _Evaluation:
    id: int
    method: str
    body: bytes
    deadline: float
    seconds: float
    pid: int = 0
    pipe: int = -1
    decoder: Decoder = field(default_factory=Decoder)
    dump: IO[bytes] | None = None
    dumped: bool = False
    answered: bool = False


class Evaluations:
    """Forks a child for each evaluation and sends its answer to the front."""

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
        self._running: dict[int, _Evaluation] = {}

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
        for evaluation in self._running.values():
            if evaluation.id == evaluation_id:
                evaluation.answered = True
                kill_group(evaluation.pid, signal.SIGKILL)

    def expire(self) -> None:
        """Ends what is over its deadline."""
        now = time.monotonic()
        while self._waiting and self._waiting[0].deadline <= now:
            late = self._waiting.popleft()
            self._answer(
                late, timeout_answer(late.method, late.seconds, "It waited for other evaluations all the time.")
            )
        for evaluation in self._running.values():
            if not evaluation.answered and evaluation.deadline <= now:
                kill_group(evaluation.pid, signal.SIGKILL)
                self._answer(evaluation, timeout_answer(evaluation.method, evaluation.seconds, _read(evaluation.dump)))
            elif not evaluation.dumped and evaluation.deadline - DUMP_SECONDS <= now:
                evaluation.dumped = True
                os.kill(evaluation.pid, signal.SIGUSR2)

    def seconds_left(self) -> float | None:
        """How long nothing expires; None when nothing is there to expire."""
        moments = [each.deadline for each in self._waiting]
        for each in self._running.values():
            if not each.answered:
                moments.append(each.deadline if each.dumped else each.deadline - DUMP_SECONDS)
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def reap(self) -> None:
        """Takes note of children that have ended."""
        for pid in list(self._running):
            ended, wait_state = os.waitpid(pid, os.WNOHANG)
            if ended:
                evaluation = self._running.pop(pid)
                self._read_answer(evaluation)
                if not evaluation.answered:
                    code = os.waitstatus_to_exitcode(wait_state)
                    self._answer(evaluation, crash_answer(evaluation.method, code))
                self._forget(evaluation)
        self._begin()

    def descriptors(self) -> Sequence[int]:
        """What children of the host have no use for."""
        found = [each.pipe for each in self._running.values() if each.pipe >= 0]
        return found + [each.dump.fileno() for each in self._running.values() if each.dump is not None]

    def _begin(self) -> None:
        while self._waiting and len(self._running) < self._most_at_once:
            self._fork(self._waiting.popleft())

    def _fork(self, evaluation: _Evaluation) -> None:
        evaluation.pipe, writer = os.pipe()
        os.set_blocking(evaluation.pipe, False)
        evaluation.dump = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when the child is forgotten
        body = partial(_run, evaluation, writer, self._location)
        closing = [*self._host_descriptors(), evaluation.pipe]
        evaluation.pid = fork_child(body, closing=closing, dies_with_host=self._dies_with_host)
        os.close(writer)
        self._running[evaluation.pid] = evaluation
        self._selector.register(evaluation.pipe, selectors.EVENT_READ, partial(self._read_answer, evaluation))

    def _read_answer(self, evaluation: _Evaluation) -> None:
        while evaluation.pipe >= 0:
            try:
                data = os.read(evaluation.pipe, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                self._close_pipe(evaluation)
            for message in evaluation.decoder.feed(data):
                self._answer(evaluation, message)

    def _answer(self, evaluation: _Evaluation, message: Message) -> None:
        if not evaluation.answered:
            evaluation.answered = True
            self._link.send(message.kind, message.body, **message.fields, id=evaluation.id)

    def _close_pipe(self, evaluation: _Evaluation) -> None:
        if evaluation.pipe >= 0:
            self._selector.unregister(evaluation.pipe)
            os.close(evaluation.pipe)
            evaluation.pipe = -1

    def _forget(self, evaluation: _Evaluation) -> None:
        self._close_pipe(evaluation)
        if evaluation.dump is not None:
            evaluation.dump.close()
        # What it started, and did not wait for, ends with it.
        kill_group(evaluation.pid, signal.SIGKILL)


def _run(evaluation: _Evaluation, writer: int, location: LoadedLocation) -> int:
    """In the child: evaluate, and write the answer."""
    name_process("eval")
    os.setpgid(0, 0)
    assert evaluation.dump is not None
    faulthandler.register(signal.SIGUSR2, evaluation.dump, all_threads=False)
    rest = memoryview(encode(evaluate(evaluation.method, evaluation.body, location)))
    while rest:
        rest = rest[os.write(writer, rest) :]
    return 0


def _read(dump: IO[bytes] | None) -> str:
    if dump is None:
        return ""
    dump.seek(0)
    return dump.read(_CHUNK).decode(errors="replace")

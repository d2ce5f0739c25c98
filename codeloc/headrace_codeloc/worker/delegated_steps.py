"""Running every attempt of a step in a worker of its own that an engine starts: the one core of all such executors.

Nothing is polled: the coordinator tells which attempts have ended, the engine tells which workloads are gone. An attempt
has ended when its worker has said so; one whose workload goes without a word has failed.
"""

from __future__ import annotations

import os
import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence

from headrace.execute.events.event import EngineNoted, Event, FailureInfo
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.runners.process_steps import INTERRUPT_GRACE
from headrace.execute.scheduling.delegate import Launch
from headrace_codeloc.engines.base import Engine
from headrace_codeloc.worker.step_board import StepBoard
from headrace_codeloc.worker.step_engine import CANCELED, Gone, News, Note, StepEngine
from headrace_codeloc.worker.step_workloads import StepWorkloads

KILLED_SECONDS = 20.0
"""How long the engine may take to tell of workloads that were killed; then they count as gone."""


class DelegatedSteps:
    """A step runner over an engine.

    Args:
        frame: The run.
        workloads: Makes the workloads.
        engine: Executes them; closed with this.
        board: Where attempts are ordered, and their ends are told.
        abandon: Called when the run is not this worker's any more.
        grace: Seconds that user code has to clean up between SIGTERM and the end.
    """

    capacity: int | None = None

    def __init__(
        self,
        frame: RunFrame,
        workloads: StepWorkloads,
        engine: Engine,
        board: StepBoard,
        abandon: Callable[[Exception], None],
        grace: float = INTERRUPT_GRACE,
    ) -> None:
        self._frame = frame
        self._interrupts = frame.interrupts
        self._grace = grace
        self._launches: dict[str, Launch] = {}
        self._started: dict[str, float] = {}
        self._news: deque[News] = deque()
        self._stopping = False
        self._kill_at: float | None = None
        self._give_up_at: float | None = None
        self._wake_reader, self._wake_writer = os.pipe()
        for fd in (self._wake_reader, self._wake_writer):
            os.set_blocking(fd, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._selector.register(frame.interrupts, selectors.EVENT_READ)
        self._engine = StepEngine(engine, workloads, board, self._tell, abandon, resumed=frame.spec.attempt > 1)

    def start(self, launch: Launch) -> None:
        """Have a worker started for an attempt."""
        self._launches[launch.key] = launch
        self._started[launch.key] = time.time()
        self._engine.start(launch)

    def wait(self, timeout: float | None) -> Sequence[StepEnd]:
        """Wait until an attempt ends or a stop is requested, at most `timeout` seconds."""
        poll = None if self._stopping else self._interrupts.poll_seconds
        limits = [limit for limit in (timeout, poll) if limit is not None]
        deadline = time.monotonic() + min(limits) if limits else None
        while True:
            ready = [key.fileobj for key, _ in self._selector.select(self._wait_seconds(deadline))]
            self._enforce()
            ends = self._take()
            if ends or self._interrupts in ready or (deadline is not None and time.monotonic() >= deadline):
                return ends

    def stop(self) -> None:
        """Tell workers to end, and end them once the grace is over."""
        self._stopping = True
        self._selector.unregister(self._interrupts)
        self._kill_at = time.monotonic() + self._grace
        self._engine.stop(kill=False)

    def close(self) -> None:
        """End every worker, and release everything."""
        self._engine.close()
        self._selector.close()

    def _tell(self, news: News) -> None:
        self._news.append(news)
        try:
            os.write(self._wake_writer, b"!")
        except BlockingIOError:
            pass  # whoever waits has been woken often enough

    def _take(self) -> list[StepEnd]:
        """Takes what was told meanwhile."""
        try:
            os.read(self._wake_reader, 65536)
        except BlockingIOError:
            pass
        ends: list[StepEnd] = []
        while self._news:
            news = self._news.popleft()
            if isinstance(news, Note):
                self._note(news)
            else:
                ends += self._ended(news if isinstance(news, StepEnd) else self._end_of(news))
        return ends

    def _note(self, note: Note) -> None:
        launch = note.launch
        event = Event(self._frame.spec.run_id, time.time(), launch.key, launch.attempt, EngineNoted(note.text))
        self._frame.emit(event)

    def _ended(self, end: StepEnd) -> list[StepEnd]:
        """Each attempt ends once, whoever tells it and how often."""
        launch = self._launches.get(end.key)
        if launch is None or launch.attempt != end.attempt:
            return []
        del self._launches[end.key]
        if end.interrupted:
            # The step's worker has heard of the cancel before this one.
            self._interrupts.request()
        return [end]

    def _end_of(self, gone: Gone) -> StepEnd:
        launch, now = gone.launch, time.time()
        return StepEnd(
            launch.key,
            launch.attempt,
            now,
            now - self._started[launch.key],
            failure=gone.failure,
            retryable=gone.retryable,
            interrupted=self._stopping,
        )

    def _wait_seconds(self, deadline: float | None) -> float | None:
        moments = [moment for moment in (deadline, self._kill_at, self._give_up_at) if moment is not None]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _enforce(self) -> None:
        """Ends what was told to end and has not."""
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            self._kill_at, self._give_up_at = None, now + KILLED_SECONDS
            self._engine.stop(kill=True)
        if self._give_up_at is not None and now >= self._give_up_at:
            self._give_up_at = None
            for launch in self._launches.values():
                self._tell(Gone(launch, FailureInfo(CANCELED, "The worker of the step was killed.")))

"""The engine's side of steps that are executed elsewhere: starts their workers, watches them, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from headrace.api.types.v1.step_pb2 import StepOrder
from headrace.api.worker.v1.step_service_pb2 import StepAttempt
from headrace.definitions.assets.key import AssetKey
from headrace.errors import HeadraceError, InvalidConfigError, LeaseLostError
from headrace.execute.events.event import FailureInfo
from headrace.execute.runner import StepEnd
from headrace.execute.scheduling.delegate import Launch
from headrace.wire.steps import data_versions, from_step_end, to_step_order
from headrace_codeloc.engines.base import (
    Engine,
    EngineUnavailableError,
    HopelessWorkloadError,
    Workload,
    WorkloadEnd,
)
from headrace_codeloc.pauses import Pauses
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.step_board import StepBoard
from headrace_codeloc.worker.step_workloads import StepWorkloads

logger = logging.getLogger(__name__)

START_SECONDS = 180.0
"""How long an engine that has no room, or does not answer, is asked again for one attempt."""
CLOSE_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_NOT_STARTED, _LOST, CANCELED = "StepNotStarted", "StepWorkerLost", "StepCanceled"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that people should know about the start of an attempt."""

    launch: Launch
    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An attempt has no worker, or none any more; all that it had said was told before."""

    launch: Launch
    failure: FailureInfo
    retryable: bool = True


News = Note | Gone | StepEnd


class StepEngine:
    """Runs on an event loop and in threads of its own, and tells what happens from them.

    Args:
        engine: Executes the workloads; closed with this.
        workloads: Makes them.
        board: Where attempts are ordered, and their ends are told.
        tell: Gets the news, from any thread.
        abandon: Called when the run is not this worker's any more.
        resumed: Whether an earlier worker of the run may have left workloads behind.
    """

    def __init__(
        self,
        engine: Engine,
        workloads: StepWorkloads,
        board: StepBoard,
        tell: Callable[[News], None],
        abandon: Callable[[Exception], None],
        *,
        resumed: bool,
    ) -> None:
        self._engine = engine
        self._workloads = workloads
        self._board = board
        self._tell = tell
        self._abandon = abandon
        self._launches: dict[str, Launch] = {}
        self._versions: dict[AssetKey, str] = {}
        self._stopping = False
        self._cleared = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="headrace-engine", daemon=True).start()
        threading.Thread(target=self._follow, name="headrace-steps", daemon=True).start()
        self._watch = self._spawn(self._look_after(resumed))

    def start(self, launch: Launch) -> None:
        """Has a worker started for an attempt."""
        self._spawn(self._begin(launch))

    def stop(self, *, kill: bool) -> None:
        """Tells all workers to end, or ends them."""
        self._stopping = True
        self._spawn(self._stop(kill=kill))

    def close(self) -> None:
        """Ends every worker, and removes what is left of them; what cannot be reached now ends with its lease."""
        self._stopping = True
        self._board.close()
        self._watch.cancel()
        with suppress(Exception):
            self._spawn(self._close()).result(CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _spawn(self, act: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(act, self._loop)

    def _follow(self) -> None:
        try:
            self._board.follow(self._hear)
        except Exception as error:
            self._abandon(error)

    def _order(self, launch: Launch) -> StepOrder:
        return to_step_order(launch, dict(self._versions))

    def _hear(self, attempts: Sequence[StepAttempt]) -> None:
        for each in attempts:
            if each.HasField("end"):
                self._versions.update(data_versions(each.end))
                self._tell(from_step_end(each.step_key, each.attempt, each.end))

    async def _look_after(self, resumed: bool) -> None:
        try:
            if resumed:
                await self._engine.stop(self._workloads.selector, kill=True)
        except HeadraceError as error:
            logger.warning("what an earlier worker left could not be ended", extra={"problem": str(error)})
        finally:
            # Attempts wait for it: whoever cannot be reached tells them so.
            self._cleared.set()
        await self._engine.watch(self._workloads.selector, self._ended)

    async def _begin(self, launch: Launch) -> None:
        await self._cleared.wait()
        try:
            workload = self._workloads.workload(launch)
            self._launches[workload.name] = launch
            await asyncio.to_thread(self._board.order, launch.key, launch.attempt, self._order(launch))
            await self._start(launch, workload)
        except (LeaseLostError, UnreachableError) as error:
            self._abandon(error)
        except (HopelessWorkloadError, InvalidConfigError) as error:
            self._tell(Gone(launch, FailureInfo(_NOT_STARTED, str(error)), retryable=False))
        except EngineUnavailableError as error:
            self._tell(Gone(launch, FailureInfo(_NOT_STARTED, str(error))))
        except Exception as error:
            self._tell(Gone(launch, FailureInfo(_NOT_STARTED, f"{type(error).__name__}: {error}")))

    async def _start(self, launch: Launch, workload: Workload) -> None:
        deadline, pauses = time.monotonic() + START_SECONDS, Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        while not self._stopping:
            try:
                await self._engine.start(workload)
            except EngineUnavailableError as error:
                if pauses.begins:
                    self._tell(Note(launch, f"Waits for a worker: {error}."))
                pause = pauses.next()
                if time.monotonic() + pause > deadline:
                    raise
                await asyncio.sleep(pause)
                continue
            self._tell(Note(launch, f"Has a worker in {self._engine.kind}: {workload.name}."))
            if self._stopping:
                await self._stop(kill=False)
            return
        self._tell(Gone(launch, FailureInfo(CANCELED, "The step was canceled before it had begun.")))

    async def _ended(self, end: WorkloadEnd) -> None:
        launch = self._launches.get(end.name)
        if launch is None:
            return
        try:
            # What its worker said last may still be on its way here, but it is stored.
            await asyncio.to_thread(self._board.look, self._hear)
            if end.kind == "lost":
                # Nobody knows what it is doing: from now on nothing that it says is stored.
                await asyncio.to_thread(self._board.order, launch.key, launch.attempt + 1, self._order(launch))
        except LeaseLostError as error:
            self._abandon(error)
        self._tell(Gone(launch, FailureInfo(_LOST, f"The worker of the step was lost: {end.detail}.")))

    async def _stop(self, *, kill: bool) -> None:
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        while True:
            try:
                await self._engine.stop(self._workloads.selector, kill=kill)
                return
            except EngineUnavailableError as error:
                logger.warning("workers of steps could not be told to end yet", extra={"problem": str(error)})
            await asyncio.sleep(pauses.next())

    async def _close(self) -> None:
        try:
            await self._stop(kill=True)
        finally:
            await self._engine.close()

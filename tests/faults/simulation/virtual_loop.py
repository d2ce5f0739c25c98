"""An event loop whose time passes only while everybody waits, and whose callbacks belong to simulated processes."""

from __future__ import annotations

import asyncio
import contextvars
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from faults.simulation.process import PROCESS, Process

Callback = Callable[..., object]


class StuckError(Exception):
    """Everybody waits for something that will never happen."""


class _Jumps(selectors.SelectSelector):
    """Instead of waiting for the kernel, lets time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise StuckError("everybody waits for something that will never happen")
        self.moment += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs everything in one thread, in an order that depends on nothing but what it was given to do.

    A callback belongs to the process in whose context it was scheduled. Those of a process that is frozen wait until it goes
    on; those of one that was killed are never called.
    """

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)
        self._clock_resolution = 1e-9
        self.entering: Process | None = None
        # Of a killed process nothing is ever called, not even by the garbage collector.
        self._kept: list[asyncio.Task[Any]] = []

    def time(self) -> float:
        return self._jumps.moment

    def call_soon(self, callback: Callback, *args: Any, context: contextvars.Context | None = None) -> asyncio.Handle:  # type: ignore[override]
        context = context or contextvars.copy_context()
        process = context.get(PROCESS)
        if process is None or process.goes_on:
            return super().call_soon(callback, *args, context=context)
        handle = asyncio.Handle(callback, args, self, context)
        process.put_off(handle)
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callback, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        context = context or contextvars.copy_context()
        process = context.get(PROCESS)
        if process is None:
            return super().call_at(when, callback, *args, context=context)

        def fire() -> None:
            if process.goes_on:
                callback(*args)
            elif not timer.cancelled():
                process.put_off(asyncio.Handle(callback, args, self, context))

        timer = super().call_at(when, fire, context=context)
        return timer

    def create_task(self, coro: Coroutine[Any, Any, Any], **options: Any) -> asyncio.Task[Any]:  # type: ignore[override]
        """Makes a task of the process that makes it, or of the one that a call is just entering."""
        context = contextvars.copy_context()
        if context.get(PROCESS) is None and self.entering is not None:
            context.run(PROCESS.set, self.entering)
        task = context.run(super().create_task, coro, **options)  # type: ignore[arg-type]
        self._kept.append(task)
        return task

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Calls at once: there is one thread."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def stop_process(self, process: Process) -> None:
        """Takes what a process is about to do away from the loop."""
        mine = [handle for handle in self._ready if handle._context.get(PROCESS) is process]  # type: ignore[attr-defined]
        for handle in mine:
            self._ready.remove(handle)  # type: ignore[attr-defined]
            process.put_off(handle)

    def resume(self, process: Process) -> None:
        """Has a process go on with everything that came up meanwhile."""
        for handle in process.take_up():
            if not handle.cancelled():
                self._ready.append(handle)  # type: ignore[attr-defined]

"""Clients that go on submitting, repeating and canceling whatever happens to those they talk to."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from faults.history import History, Operation
from headrace.client.client import Client

JOBS, LONG_JOBS = ("in_process", "multiprocess"), ("long", "long_in_processes")
PATIENCE_SECONDS = 60.0
RETRY_SECONDS = 0.1
# Of all submissions: how many are sent again after they were answered, and how many are canceled.
REPEATED, CANCELED = 0.1, 0.08


class Load:
    """Submits at a steady pace until it has submitted enough, and somebody says that it is time to stop.

    Args:
        target: The gateway.
        history: Gets every operation.
        seed: Decides what is submitted.
        runs: How many runs to submit at least.
        pause: Seconds between submissions of one client.
        clients: How many clients there are.
        locations: Whose jobs are submitted.
    """

    def __init__(
        self,
        target: str,
        history: History,
        seed: int,
        runs: int,
        pause: float,
        clients: int = 2,
        locations: Sequence[str] = ("",),
    ) -> None:
        self._target = target
        self._history = history
        self._pause = pause
        self._locations = locations
        self._left = [runs // clients + (number < runs % clients) for number in range(clients)]
        self._chances = [random.Random(f"{seed} {number}") for number in range(clients)]

    def run(self, keep_going: Callable[[], bool]) -> None:
        """Submits from several threads; returns when all have done their part and `keep_going` says no."""
        threads = [
            threading.Thread(target=self._be_client, args=(number, keep_going), name=f"client {number}")
            for number in range(len(self._left))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _be_client(self, number: int, keep_going: Callable[[], bool]) -> None:
        chance = self._chances[number]
        with Client(self._target) as client:
            while self._left[number] > 0 or keep_going():
                self._left[number] -= 1
                self._submit(client, chance)
                time.sleep(self._pause * chance.uniform(0.5, 1.5))  # noqa: TID251

    def _submit(self, client: Client, chance: random.Random) -> None:
        request_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        repeated, canceled, after = chance.random() < REPEATED, chance.random() < CANCELED, chance.uniform(0, 1.0)
        job_name, location = chance.choice(LONG_JOBS if canceled else JOBS), chance.choice(self._locations)

        def submit() -> str:
            tags = {"request": request_id}
            return client.submit_job(job_name, location_name=location, tags=tags, request_id=request_id).run_id

        accepted = self._until_answered("submit", request_id, submit)
        if repeated:
            self._until_answered("submit", request_id, submit)
        if canceled and accepted is not None:
            time.sleep(after)  # noqa: TID251
            run_id = accepted.run_id
            self._until_answered("cancel", run_id, lambda: client.cancel(run_id).run_id)

    def _until_answered(self, kind: str, key: str, call: Callable[[], str]) -> Operation | None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            operation = self._history.record(kind, key, call)
            if operation.outcome == "ok":
                return operation
            time.sleep(RETRY_SECONDS)  # noqa: TID251
        return None


@contextmanager
def loaded(load: Load) -> Iterator[None]:
    """Has clients go on in the background while the block lasts."""
    leaving = threading.Event()
    thread = threading.Thread(target=load.run, args=(lambda: not leaving.is_set(),), name="load")
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join()


def refusals(history: History) -> Sequence[Operation]:
    """Returns operations that were refused for good, which a client that does everything right never meets."""
    return [operation for operation in history if operation.outcome == "fail"]

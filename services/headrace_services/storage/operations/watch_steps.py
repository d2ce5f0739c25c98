"""WatchSteps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from headrace.api.storage.v1.step_store_service_pb2 import StoredStepAttempt, WatchStepsRequest, WatchStepsResponse
from headrace.api.types.v1.step_pb2 import StepEnd
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.operations.step_holders import held_run
from headrace_services.storage.store import step_attempts
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.step_attempts import StepAttempt
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction

# The contract promises one every 15 s.
SIGN_OF_LIFE_SECONDS = 10.0
_PAGE = 200


async def watch_steps(store: Store, request: WatchStepsRequest) -> AsyncIterator[WatchStepsResponse]:
    """Streams what becomes of the ordered attempts; the holder shows itself once, and its lease's end is its own affair."""
    require(request.holder, "run_id", "run_token")
    holder, place = request.holder, _place(request.cursor)

    def look(tx: Transaction) -> int:
        return held_run(tx, holder).number

    # Read where it is written: a claim that was just granted may not have come through to readers.
    number = await store.write(Intent("watch_steps", look, frozenset({run_lock(holder.run_id)})))
    with store.signals.events(holder.run_id) as wake:
        said_at, begun = store.clock.monotonic(), False
        while True:
            news = partial(step_attempts.news, run_number=number, epoch=holder.epoch, after=place, most=_PAGE)
            found = await store.read(news)
            place = found[-1].change if found else place
            complete = len(found) < _PAGE
            if found or not begun or store.clock.monotonic() - said_at >= SIGN_OF_LIFE_SECONDS:
                yield WatchStepsResponse(attempts=map(_attempt, found), cursor=str(place), caught_up=complete)
                said_at, begun = store.clock.monotonic(), True
            if complete:
                await wake.wait(max(0.0, SIGN_OF_LIFE_SECONDS - (store.clock.monotonic() - said_at)))


def _place(cursor: str) -> int:
    if cursor and not cursor.isdecimal():
        raise wrong("cursor", "is none that this watch has given out")
    return int(cursor or 0)


def _attempt(record: StepAttempt) -> StoredStepAttempt:
    return StoredStepAttempt(
        step_key=record.step_key,
        attempt=record.attempt,
        worker=record.worker,
        end=None if record.step_end is None else StepEnd.FromString(record.step_end),
    )

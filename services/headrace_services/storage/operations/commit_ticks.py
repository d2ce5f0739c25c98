"""CommitTicks."""

from __future__ import annotations

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTicksAnswer, CommitTicksRequest, CommitTicksResponse
from headrace_services.storage.operations.checks import wrong
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.operations.tick_commits import MOST_RUNS, check_tick, commit_ticks_of, locks_of
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

# Each takes a lock, and so does each run: the server's lock table is small.
_MOST_TICKS = 100


async def commit_ticks(store: Store, request: CommitTicksRequest) -> CommitTicksResponse:
    """Stores many ticks in one transaction."""
    _check(request)

    def act(tx: Transaction) -> CommitTicksResponse:
        answers = commit_ticks_of(tx, request.ticks)
        return CommitTicksResponse(
            answers=[
                CommitTicksAnswer(stale=True) if each is None else CommitTicksAnswer(response=each) for each in answers
            ]
        )

    # What is there is told by instigator and moment: to remember the answers as well would store every tick twice.
    return await store.write(
        once("commit_ticks", request, CommitTicksResponse, act, locks_of(request.ticks), keep=lambda response: False)
    )


def _check(request: CommitTicksRequest) -> None:
    if len(request.ticks) > _MOST_TICKS:
        raise wrong("ticks", f"has {len(request.ticks)} ticks, at most {_MOST_TICKS} are stored at once")
    runs = sum(len(tick.runs) for tick in request.ticks)
    if runs > MOST_RUNS:
        raise wrong("ticks", f"have {runs} runs, at most {MOST_RUNS} are stored at once")
    for tick in request.ticks:
        check_tick(tick)

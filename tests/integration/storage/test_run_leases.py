"""A run has one worker per attempt, and what comes from any other is refused by the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from headrace.api.storage.v1.run_lease_service_pb2 import (
    CheckRunLeaseRequest,
    ClaimRunRequest,
    ClaimRunResponse,
    ExpireRunLeaseRequest,
    ListOverdueRunsRequest,
    OverdueReason,
    RenewRunLeaseRequest,
)
from headrace.errors import InvalidArgumentError, LeaseLostError, RunNotFoundError
from rig.storage import CANCELING, QUEUED, RUNNING, STARTING, Claim, StorageClient, new_id, refused, seconds
from rig.waiting import wait_until_async

START, LEASE, CANCEL, RUNTIME = (
    OverdueReason.Value(f"OVERDUE_REASON_{name}") for name in ("START", "LEASE", "CANCEL", "RUNTIME")
)


async def launch_token(storage: StorageClient) -> tuple[str, str]:
    run = await storage.create_run()
    await storage.admit(run.run_id)
    (message,) = await storage.messages()
    return run.run_id, message.launch_order.launch_token


def renew(claim: Claim, ttl: float = 15) -> RenewRunLeaseRequest:
    return RenewRunLeaseRequest(run_id=claim.run_id, epoch=claim.epoch, run_token=claim.run_token, ttl=seconds(ttl))


def check(claim: Claim) -> CheckRunLeaseRequest:
    return CheckRunLeaseRequest(run_id=claim.run_id, epoch=claim.epoch, run_token=claim.run_token)


async def overdue(storage: StorageClient, **timeouts: float) -> dict[str, Any]:
    limits = {"start_timeout": 600.0, "cancel_timeout": 600.0, **timeouts}
    request = ListOverdueRunsRequest(**{name: seconds(value) for name, value in limits.items()})
    found = (await storage.run_leases.ListOverdueRuns(request)).overdue_runs
    return {each.run.run_id: each.reason for each in found}


@pytest.mark.proves("P2", fault="F7", of="worker")
async def test_of_many_workers_with_the_token_one_gets_the_run(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    requests = [
        ClaimRunRequest(request_id=new_id(), run_id=run_id, launch_token=token, ttl=seconds(15)) for _ in range(8)
    ]
    answers = await asyncio.gather(
        *(storage.run_leases.ClaimRun(request) for request in requests), return_exceptions=True
    )
    assert sum(isinstance(answer, ClaimRunResponse) for answer in answers) == 1


@pytest.mark.proves("P2 P11", fault="F6", of="worker")
async def test_a_claim_that_is_repeated_answers_the_same(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    request = ClaimRunRequest(request_id=new_id(), run_id=run_id, launch_token=token, worker="w", ttl=seconds(15))
    first = await storage.run_leases.ClaimRun(request)
    again = await storage.run_leases.ClaimRun(request)
    assert (again.run_token, again.run.epoch) == (first.run_token, first.run.epoch)
    assert (first.run.state, first.run.worker) == (RUNNING, "w")
    assert len(await storage.events_of(run_id)) == 3


async def test_a_token_that_was_replaced_is_refused(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    await storage.move(run_id, STARTING, QUEUED)
    await storage.admit(run_id)
    with refused(LeaseLostError):
        await storage.claim(run_id, token)
    with refused(RunNotFoundError):
        await storage.claim(new_id(), token)


async def test_a_canceled_start_cannot_be_claimed_and_is_overdue_at_once(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    await storage.move(run_id, STARTING, CANCELING)
    with refused(LeaseLostError):
        await storage.claim(run_id, token)
    assert await overdue(storage) == {run_id: LEASE}


async def test_a_renewed_lease_holds(storage: StorageClient) -> None:
    claim = await storage.start_run(ttl=1)
    await storage.run_leases.RenewRunLease(renew(claim, 600))
    assert await overdue(storage) == {}
    answer = await storage.run_leases.RenewRunLease(renew(claim))
    assert not answer.cancel_requested


async def test_a_worker_learns_of_the_cancel_with_every_answer(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.move(claim.run_id, RUNNING, CANCELING)
    assert (await storage.run_leases.RenewRunLease(renew(claim))).cancel_requested
    assert (await storage.events.AppendEvents(claim.report("x"))).cancel_requested


async def test_a_lease_that_ran_out_cannot_be_renewed_or_reported_under(storage: StorageClient) -> None:
    claim = await storage.start_run(ttl=1)

    async def lost() -> bool:
        return claim.run_id in await overdue(storage)

    await wait_until_async(lost)
    with refused(LeaseLostError, "not renewed in time"):
        await storage.run_leases.RenewRunLease(renew(claim))
    with refused(LeaseLostError, "not renewed in time"):
        await storage.events.AppendEvents(claim.report("late"))


async def test_events_prolong_the_lease(storage: StorageClient) -> None:
    claim = await storage.start_run(ttl=2)
    for number in range(8):
        await asyncio.sleep(0.3)
        await storage.events.AppendEvents(claim.report(str(number)))
    assert await overdue(storage) == {}


async def test_another_holder_is_refused(storage: StorageClient) -> None:
    claim = await storage.start_run()
    other_epoch = Claim(claim.run_id, claim.epoch + 1, claim.run_token, "")
    other_token = Claim(claim.run_id, claim.epoch, "guess", "")
    for other in (other_epoch, other_token):
        with refused(LeaseLostError, "another worker"):
            await storage.run_leases.RenewRunLease(renew(other))
        with refused(LeaseLostError, "another worker"):
            await storage.events.AppendEvents(other.report("x"))
    unknown = Claim(new_id(), 1, "x", "")
    with refused(RunNotFoundError):
        await storage.run_leases.RenewRunLease(renew(unknown))


@pytest.mark.proves("P6")
async def test_a_takeover_stores_nothing_more_of_the_old_epoch(storage: StorageClient) -> None:
    old = await storage.start_run()
    await storage.events.AppendEvents(old.report("old 1"))
    await storage.move(old.run_id, RUNNING, QUEUED)
    await storage.admit(old.run_id, launcher="second")
    (message,) = await storage.messages("second")
    new = await storage.claim(old.run_id, message.launch_order.launch_token)
    outcomes = await asyncio.gather(
        storage.events.AppendEvents(old.report("old 2")),
        storage.events.AppendEvents(new.report("new 1")),
        storage.run_leases.RenewRunLease(renew(old)),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [True, False, True]
    lines = [event.log_recorded.message for event in await storage.events_of(old.run_id)]
    assert [line for line in lines if line] == ["old 1", "new 1"]


async def test_the_end_of_a_worker_that_is_gone_is_not_waited_for(storage: StorageClient) -> None:
    claim = await storage.start_run()
    request = ExpireRunLeaseRequest(
        request_id=new_id(), run_id=claim.run_id, launch_token=claim.launch_token, worker_detail="killed by signal 9"
    )
    assert (await storage.run_leases.ExpireRunLease(request)).expired
    assert (await storage.run_leases.ExpireRunLease(request)).expired
    request.request_id = new_id()
    assert not (await storage.run_leases.ExpireRunLease(request)).expired
    limits = ListOverdueRunsRequest(start_timeout=seconds(600), cancel_timeout=seconds(600))
    (found,) = (await storage.run_leases.ListOverdueRuns(limits)).overdue_runs
    assert (found.reason, found.worker_detail) == (LEASE, "killed by signal 9")
    back = await storage.move(claim.run_id, RUNNING, QUEUED, require_lease_expired=True)
    assert back.state == QUEUED


async def test_a_start_that_died_is_overdue_and_can_not_be_claimed_any_more(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    request = ExpireRunLeaseRequest(request_id=new_id(), run_id=run_id, launch_token=token)
    assert (await storage.run_leases.ExpireRunLease(request)).expired
    assert await overdue(storage) == {run_id: START}
    with refused(LeaseLostError):
        await storage.claim(run_id, token)


async def test_another_worker_s_end_is_nothing_to_a_run(storage: StorageClient) -> None:
    claim = await storage.start_run()
    request = ExpireRunLeaseRequest(request_id=new_id(), run_id=claim.run_id, launch_token="older")
    assert not (await storage.run_leases.ExpireRunLease(request)).expired
    assert await overdue(storage) == {}


async def test_runs_that_take_too_long_are_overdue_each_for_its_reason(storage: StorageClient) -> None:
    waiting = await storage.create_run()
    starting, _ = await launch_token(storage)
    running = await storage.start_run()
    canceling = await storage.start_run()
    await storage.move(canceling.run_id, RUNNING, CANCELING)
    assert await overdue(storage) == {}
    everything = await overdue(storage, start_timeout=0, cancel_timeout=0, max_runtime=0.000001)
    assert everything == {starting: START, running.run_id: RUNTIME, canceling.run_id: CANCEL}
    assert waiting.run_id not in everything


async def test_why_there_is_no_worker_yet_is_noted_of_the_start_that_it_is_about(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    for of, detail in ((token, "the image cannot be pulled"), ("older", "of another attempt")):
        request = ExpireRunLeaseRequest(
            request_id=new_id(), run_id=run_id, launch_token=of, worker_detail=detail, note_only=True
        )
        assert not (await storage.run_leases.ExpireRunLease(request)).expired
    assert await overdue(storage) == {}
    at_once = ListOverdueRunsRequest(cancel_timeout=seconds(600))
    (found,) = (await storage.run_leases.ListOverdueRuns(at_once)).overdue_runs
    assert (found.reason, found.worker_detail) == (START, "the image cannot be pulled")


async def test_a_run_may_have_a_limit_of_time_of_its_own_or_none(storage: StorageClient) -> None:
    unlimited = await storage.start_run(max_runtime=seconds(0))
    short = await storage.start_run(max_runtime=seconds(0.000001))
    long = await storage.start_run(max_runtime=seconds(600))
    common = await storage.start_run()
    assert await overdue(storage) == {short.run_id: RUNTIME}
    assert await overdue(storage, max_runtime=0.000001) == {short.run_id: RUNTIME, common.run_id: RUNTIME}
    assert {unlimited.run_id, long.run_id}.isdisjoint(await overdue(storage, max_runtime=0.000001))


async def test_overdue_runs_come_in_pages(storage: StorageClient) -> None:
    for _ in range(3):
        await launch_token(storage)
    request = ListOverdueRunsRequest(cancel_timeout=seconds(1), page_size=2)
    first = await storage.run_leases.ListOverdueRuns(request)
    request.page_token = first.next_page_token
    second = await storage.run_leases.ListOverdueRuns(request)
    assert (len(first.overdue_runs), len(second.overdue_runs), second.next_page_token) == (2, 1, "")


async def test_a_lease_must_be_of_a_sensible_length(storage: StorageClient) -> None:
    run_id, token = await launch_token(storage)
    with refused(InvalidArgumentError, "ttl"):
        await storage.claim(run_id, token, ttl=0)


@pytest.mark.proves("P2", fault="F7", of="worker")
async def test_a_lease_is_checked_without_being_prolonged(storage: StorageClient) -> None:
    held, short = await storage.start_run(), await storage.start_run(ttl=1)
    await storage.run_leases.CheckRunLease(check(held))
    with refused(LeaseLostError, match="taken over"):
        await storage.run_leases.CheckRunLease(check(replace(held, epoch=held.epoch + 1)))
    with refused(RunNotFoundError):
        await storage.run_leases.CheckRunLease(check(replace(held, run_id=new_id())))

    async def is_lost() -> bool:
        with refused(LeaseLostError, match="not renewed in time"):
            await storage.run_leases.CheckRunLease(check(short))
        return True

    # Had it been prolonged by being checked, this would never come to an end.
    await wait_until_async(is_lost, timeout=10, retry_on=(pytest.fail.Exception,))

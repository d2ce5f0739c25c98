from __future__ import annotations

import asyncio

from headrace_services.storage.store.hints import INSTIGATOR, OUTBOX, QUEUE, Hints, everything
from headrace_services.storage.store.signals import Signals


async def test_hints_that_come_while_nobody_waits_are_one() -> None:
    signals = Signals()
    with signals.work(frozenset({QUEUE, OUTBOX})) as watch:
        for kind in (QUEUE, OUTBOX, QUEUE, INSTIGATOR):
            signals.publish(Hints({kind}))
        assert await watch.next(1) == {QUEUE, OUTBOX}
        assert await watch.next(0.01) == set()


async def test_a_run_s_events_wake_those_who_watch_it_and_those_who_watch_all() -> None:
    signals = Signals()
    with signals.events("a") as of_a, signals.events("b") as of_b, signals.events("") as of_all:
        signals.publish(Hints(run_ids={"a"}))
        assert [await wake.wait(0.01) for wake in (of_a, of_b, of_all)] == [True, False, True]
        signals.publish(everything())
        assert [await wake.wait(0.01) for wake in (of_a, of_b, of_all)] == [True, True, True]


async def test_those_who_left_are_forgotten() -> None:
    signals = Signals()
    with signals.events("a"), signals.events("a"), signals.events(""):
        assert signals.event_watchers == 3
    assert signals.event_watchers == 0
    signals.publish(Hints({QUEUE}, {"a"}))


async def test_a_watcher_that_sleeps_is_woken() -> None:
    signals = Signals()
    with signals.work(frozenset({QUEUE})) as watch:
        sleeping = asyncio.ensure_future(watch.next(60))
        await asyncio.sleep(0)
        signals.publish(Hints({QUEUE}))
        assert await asyncio.wait_for(sleeping, 30) == {QUEUE}

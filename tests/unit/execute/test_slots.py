"""Steps of pools start with a slot only, and hold up no step that needs none."""

from __future__ import annotations

from headrace.execute.scheduling.delegate import Delegate, Need, StepNode
from headrace.execute.scheduling.slots import Ask


def node(key: str, pool: str | None = None, needs: str = "", priority: int = 0) -> StepNode:
    return StepNode(key, (Need(((needs, "result"),)),) if needs else (), priority, pool=pool)


def started(delegate: Delegate) -> list[str]:
    return [launch.key for launch in delegate.next(0).launches]


def test_a_step_of_a_pool_is_asked_for_and_starts_when_it_is_granted() -> None:
    delegate = Delegate([node("a", "db"), node("b")], pooled=True)
    turn = delegate.next(0)
    assert (turn.asks, [launch.key for launch in turn.launches]) == ((Ask("a", "db"),), ["b"])
    assert delegate.next(0).asks == ()
    delegate.granted(["a"])
    assert started(delegate) == ["a"]
    for key in ("a", "b"):
        delegate.succeeded(key, ["result"])
    assert delegate.done


def test_a_step_that_waits_for_a_slot_leaves_the_only_place_to_others() -> None:
    delegate = Delegate([node("a", "db", priority=5), node("b"), node("c", needs="b")], max_concurrent=1, pooled=True)
    turn = delegate.next(0)
    assert ([ask.key for ask in turn.asks], turn.launches) == (["a"], ())
    delegate.granted([])
    assert started(delegate) == ["b"]
    delegate.succeeded("b", ["result"])
    assert started(delegate) == ["c"]


def test_a_slot_that_comes_while_there_is_no_place_is_given_back_and_asked_for_again() -> None:
    delegate = Delegate([node("a", "db"), node("b")], max_concurrent=1, pooled=True)
    delegate.next(0)
    assert started(delegate) == ["b"]
    delegate.granted(["a"])
    turn = delegate.next(0)
    assert (turn.releases, turn.launches, turn.asks) == (("a",), (), ())
    delegate.succeeded("b", ["result"])
    assert [ask.key for ask in delegate.next(0).asks] == ["a"]
    delegate.granted(["a"])
    assert started(delegate) == ["a"]


def test_a_retry_asks_for_a_slot_of_its_own() -> None:
    from headrace.definitions.ops.retries import RetryPolicy

    delegate = Delegate([StepNode("a", retry_policy=RetryPolicy(max_retries=1), pool="db")], pooled=True)
    delegate.next(0)
    delegate.granted(["a"])
    assert started(delegate) == ["a"]
    assert delegate.failed("a", 0) is not None
    assert [ask.key for ask in delegate.next(1).asks] == ["a"]


def test_a_cancel_asks_for_nothing_more() -> None:
    delegate = Delegate([node("a", "db")], pooled=True)
    delegate.next(0)
    delegate.cancel()
    delegate.granted(["a"])
    assert (delegate.next(0).launches, delegate.done) == ((), True)


def test_pools_hold_nothing_up_where_nobody_shares_slots_out() -> None:
    assert started(Delegate([node("a", "db")])) == ["a"]

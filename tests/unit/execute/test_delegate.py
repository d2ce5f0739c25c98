"""The scheduling core starts what can start, once, and decides every step."""

from __future__ import annotations

import pytest

from headrace.definitions.ops.retries import RetryPolicy
from headrace.execute.scheduling.delegate import Delegate, Launch, Need, Skip, StepNode
from headrace.execute.scheduling.limits import TagLimit
from headrace.execute.scheduling.retries import RetryAsk


def after(*handles: str, any_of: bool = False) -> Need:
    return Need(tuple(tuple(handle.split(".")) for handle in handles), any_of=any_of)  # type: ignore[misc]


def keys(delegate: Delegate, now: float = 0.0) -> list[str]:
    return [launch.key for launch in delegate.next(now).launches]


def test_a_step_starts_only_after_all_it_needs() -> None:
    delegate = Delegate([StepNode("a"), StepNode("b"), StepNode("c", (after("a.result"), after("b.result")))])
    assert keys(delegate) == ["a", "b"]
    delegate.succeeded("a", ["result"])
    assert keys(delegate) == []
    delegate.succeeded("b", ["result"])
    assert delegate.next(0).launches == (Launch("c", 1),)
    assert not delegate.done
    delegate.succeeded("c", ["result"])
    assert delegate.done
    assert delegate.failed_steps == frozenset()


def test_a_launch_is_handed_out_once() -> None:
    delegate = Delegate([StepNode("a")])
    assert keys(delegate) == ["a"]
    assert keys(delegate) == []
    assert delegate.in_flight == {"a"}


def test_a_missing_optional_output_skips_what_needs_it_and_all_below() -> None:
    nodes = [
        StepNode("a"),
        StepNode("b", (after("a.x"),)),
        StepNode("c", (after("b.result"),)),
        StepNode("d", (after("a.y"),)),
    ]
    delegate = Delegate(nodes)
    assert keys(delegate) == ["a"]
    delegate.succeeded("a", ["y"])
    turn = delegate.next(0)
    assert turn.skips == (Skip("b", ("a",), False), Skip("c", ("b",), False))
    assert turn.launches == (Launch("d", 1),)
    delegate.succeeded("d", [])
    assert delegate.done


def test_a_fan_in_runs_with_what_was_produced() -> None:
    fan_in = StepNode("c", (after("a.result", "b.result", any_of=True),))
    delegate = Delegate([StepNode("a"), StepNode("b"), fan_in])
    keys(delegate)
    delegate.succeeded("a", [])
    delegate.succeeded("b", ["result"])
    assert keys(delegate) == ["c"]


def test_a_fan_in_without_any_input_is_skipped() -> None:
    delegate = Delegate([StepNode("a"), StepNode("b"), StepNode("c", (after("a.result", "b.result", any_of=True),))])
    keys(delegate)
    delegate.succeeded("a", [])
    delegate.succeeded("b", [])
    assert delegate.next(0).skips == (Skip("c", ("a", "b"), False),)
    assert delegate.done


def test_a_failure_bars_everything_below_and_nothing_else() -> None:
    nodes = [StepNode("a"), StepNode("b", (after("a.result"),)), StepNode("c", (after("b.result"),)), StepNode("d")]
    delegate = Delegate(nodes)
    assert keys(delegate) == ["a", "d"]
    assert delegate.failed("a", 0) is None
    assert delegate.next(0).skips == (Skip("b", ("a",), True), Skip("c", ("b",), True))
    delegate.succeeded("d", ["result"])
    assert delegate.done
    assert delegate.failed_steps == {"a"}


def test_a_policy_retries_until_it_is_used_up() -> None:
    delegate = Delegate([StepNode("a", retry_policy=RetryPolicy(max_retries=2, delay=5))])
    delegate.next(0)
    retry = delegate.failed("a", 10)
    assert retry is not None
    assert (retry.at, retry.wait, retry.attempt) == (15, 5, 2)
    assert delegate.next(14) == delegate.next(14.9)
    assert delegate.next(14).wake_at == 15
    assert delegate.next(15).launches == (Launch("a", 2),)
    assert delegate.failed("a", 16) is not None
    assert delegate.next(21).launches == (Launch("a", 3),)
    assert delegate.failed("a", 22) is None
    assert delegate.done


def test_user_code_may_ask_for_a_retry_without_a_policy() -> None:
    delegate = Delegate([StepNode("a")])
    delegate.next(0)
    retry = delegate.failed("a", 0, asked=RetryAsk(max_retries=1, wait_seconds=2))
    assert retry is not None
    assert retry.wait == 2
    delegate.next(2)
    assert delegate.failed("a", 2, asked=RetryAsk(max_retries=1)) is None


@pytest.mark.parametrize("retries_enabled", [True, False])
def test_a_failure_that_forbids_retries_is_final(retries_enabled: bool) -> None:
    nodes = [StepNode("a", retry_policy=RetryPolicy(max_retries=5))]
    delegate = Delegate(nodes, retries_enabled=retries_enabled)
    delegate.next(0)
    assert delegate.failed("a", 0, retryable=not retries_enabled) is None


def test_no_more_than_max_concurrent_are_in_flight() -> None:
    delegate = Delegate([StepNode(name) for name in "abc"], max_concurrent=2)
    assert keys(delegate) == ["a", "b"]
    delegate.succeeded("b", [])
    assert keys(delegate) == ["c"]


def test_higher_priority_goes_first() -> None:
    delegate = Delegate([StepNode("a"), StepNode("b", priority=5), StepNode("c", priority=-1)], max_concurrent=1)
    started = []
    while not delegate.done:
        started += keys(delegate)
        delegate.succeeded(started[-1], [])
    assert started == ["b", "a", "c"]


def test_a_tag_limit_holds_back_its_steps_only() -> None:
    nodes = [StepNode(name, tags={"db": "one"}) for name in "abc"] + [StepNode("d")]
    delegate = Delegate(nodes, tag_limits=[TagLimit("db", 2)])
    assert keys(delegate) == ["a", "b", "d"]
    delegate.succeeded("a", [])
    assert keys(delegate) == ["c"]


def test_after_cancel_nothing_starts_and_the_rest_is_waited_for() -> None:
    delegate = Delegate([StepNode("a"), StepNode("b", (after("a.result"),)), StepNode("c")], max_concurrent=1)
    delegate.next(0)
    delegate.cancel()
    assert delegate.cancelled
    assert not delegate.done
    delegate.interrupted("a")
    assert delegate.done
    assert delegate.next(0).launches == ()


def test_a_failure_after_cancel_is_not_retried() -> None:
    delegate = Delegate([StepNode("a", retry_policy=RetryPolicy())])
    delegate.next(0)
    delegate.cancel()
    assert delegate.failed("a", 0) is None
    assert delegate.done


def test_a_need_outside_the_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="'b' needs .'a'."):
        Delegate([StepNode("b", (after("a.result"),))])


def test_the_end_of_a_step_that_is_not_running_is_refused() -> None:
    delegate = Delegate([StepNode("a")])
    with pytest.raises(ValueError, match="not in flight"):
        delegate.succeeded("a", [])


def test_a_chain_of_ten_thousand_skips_needs_no_recursion() -> None:
    nodes = [StepNode("s0")] + [StepNode(f"s{n}", (after(f"s{n - 1}.result"),)) for n in range(1, 10_000)]
    delegate = Delegate(nodes)
    delegate.next(0)
    delegate.failed("s0", 0)
    assert len(delegate.next(0).skips) == 9_999
    assert delegate.done


def test_ten_thousand_steps_under_a_tag_limit_of_one_are_cheap() -> None:
    delegate = Delegate([StepNode(f"s{n}", tags={"t": "x"}) for n in range(10_000)], tag_limits=[TagLimit("t", 1)])
    started = 0
    while not delegate.done:
        for key in keys(delegate):
            started += 1
            delegate.succeeded(key, [])
    assert started == 10_000


def test_a_step_can_be_replaced_by_others_before_it_starts() -> None:
    nodes = [StepNode("source"), StepNode("each", (after("source.out"),)), StepNode("all", (after("each.result"),))]
    delegate = Delegate(nodes)
    assert keys(delegate) == ["source"]
    delegate.replace(
        {
            "each": [StepNode("each[a]", (after("source.out"),)), StepNode("each[b]", (after("source.out"),))],
            "all": [StepNode("all", (after("each[a].result", "each[b].result", any_of=True),))],
        }
    )
    delegate.succeeded("source", ["out"])
    assert keys(delegate) == ["each[a]", "each[b]"]
    delegate.succeeded("each[a]", ["result"])
    assert keys(delegate) == []
    delegate.succeeded("each[b]", [])
    (launch,) = delegate.next(0).launches
    assert (launch.key, launch.missing) == ("all", {("each[b]", "result")})
    delegate.succeeded("all", [])
    assert delegate.done


def test_a_step_replaced_by_nothing_is_gone() -> None:
    nodes = [StepNode("source"), StepNode("each", (after("source.out"),)), StepNode("all", (after("each.result"),))]
    delegate = Delegate(nodes)
    delegate.next(0)
    delegate.replace({"each": [], "all": [StepNode("all")]})
    delegate.succeeded("source", [])
    assert keys(delegate) == ["all"]
    delegate.succeeded("all", [])
    assert delegate.done

"""Whatever the graph and the outcomes, the core keeps its promises."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from headrace.definitions.ops.retries import RetryPolicy
from headrace.execute.scheduling.delegate import Delegate, Need, StepNode
from headrace.execute.scheduling.limits import TagLimit


@st.composite
def graphs(draw: st.DrawFn) -> list[StepNode]:
    nodes: list[StepNode] = []
    for index in range(draw(st.integers(1, 12))):
        needs = []
        for _ in range(draw(st.integers(0, 3)) if index else 0):
            upstream = draw(st.lists(st.integers(0, index - 1), min_size=1, max_size=3))
            handles = tuple((f"s{step}", draw(st.sampled_from(["x", "y"]))) for step in upstream)
            needs.append(Need(handles, any_of=draw(st.booleans())))
        retries = draw(st.integers(0, 2))
        policy = RetryPolicy(max_retries=retries, delay=draw(st.sampled_from([None, 1.0])))
        tags = {"db": draw(st.sampled_from(["one", "two"]))} if draw(st.booleans()) else {}
        nodes.append(StepNode(f"s{index}", tuple(needs), draw(st.integers(-1, 1)), tags, policy))
    return nodes


@given(graphs(), st.data())
def test_every_step_is_decided_exactly_once_and_in_order(nodes: list[StepNode], data: st.DataObject) -> None:
    max_concurrent = data.draw(st.sampled_from([None, 1, 2]))
    limits = [TagLimit("db", 1, per_value=data.draw(st.booleans())), TagLimit("db", 1, value="two")]
    delegate = Delegate(nodes, max_concurrent=max_concurrent, tag_limits=limits)
    by_key = {node.key: node for node in nodes}
    now, running, attempts = 0.0, [], Counter[str]()
    ended: dict[str, str] = {}
    produced: set[tuple[str, str]] = set()
    while not delegate.done:
        turn = delegate.next(now)
        for skip in turn.skips:
            assert skip.key not in ended
            ended[skip.key] = "barred" if skip.upstream_failed else "skipped"
        for launch in turn.launches:
            attempts[launch.key] += 1
            assert launch.attempt == attempts[launch.key]
            for need in by_key[launch.key].needs:
                assert all(step in ended for step, _ in need.handles), "started before an upstream step was decided"
                met = [handle in produced for handle in need.handles]
                assert any(met) if need.any_of else all(met)
            running.append(launch.key)
        assert max_concurrent is None or len(running) <= max_concurrent
        assert sum(by_key[key].tags.get("db") == "two" for key in running) <= 1
        assert set(running) == delegate.in_flight
        if not running:
            if delegate.done:
                break
            assert turn.wake_at is not None, "nothing runs, nothing is due, and yet not done"
            now = turn.wake_at
            continue
        key = running.pop(data.draw(st.integers(0, len(running) - 1)))
        if data.draw(st.booleans()):
            outputs = data.draw(st.sets(st.sampled_from(["x", "y"])))
            produced |= {(key, output) for output in outputs}
            ended[key] = "succeeded"
            delegate.succeeded(key, outputs)
        elif delegate.failed(key, now) is None:
            ended[key] = "failed"
            assert attempts[key] == by_key[key].retry_policy.max_retries + 1  # type: ignore[union-attr]
    assert ended.keys() == by_key.keys()
    for key, state in ended.items():
        upstream = {step for need in by_key[key].needs for step, _ in need.handles}
        assert (state == "barred") == any(ended[step] in ("failed", "barred") for step in upstream)


@given(graphs(), st.integers(0, 8), st.data())
def test_cancel_ends_with_what_is_in_flight(nodes: list[StepNode], steps_before: int, data: st.DataObject) -> None:
    delegate = Delegate(nodes, max_concurrent=2)
    running: list[str] = []
    for _ in range(steps_before):
        running += [launch.key for launch in delegate.next(0).launches]
        if running:
            delegate.succeeded(running.pop(), ["x", "y"])
    delegate.cancel()
    assert delegate.next(100).launches == ()
    for key in running:
        data.draw(st.sampled_from([delegate.interrupted, lambda key: delegate.succeeded(key, [])]))(key)
        assert delegate.next(100).launches == ()
    delegate.next(100)
    assert delegate.done

"""Hooks: code that runs after a step."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg


def noting(notes: list[Any]) -> tuple[dg.HookDefinition, dg.HookDefinition]:
    @dg.success_hook
    def celebrate(context: dg.HookContext) -> None:
        notes.append((context.hook_def.name, context.step_key, dict(context.op_output_values)))

    @dg.failure_hook(name="mourn")
    def any_name(context):
        notes.append((context.hook_def.name, context.op.name, str(context.op_exception)))

    return celebrate, any_name


@dg.op
def fine() -> int:
    return 1


@dg.op
def broken() -> int:
    raise ValueError("boom")


def test_hooks_of_a_job_run_after_every_step() -> None:
    notes: list[Any] = []

    @dg.job(hooks=set(noting(notes)))
    def both():
        fine()
        broken()

    result = both.execute_in_process(raise_on_error=False)
    assert sorted(notes, key=str) == [("celebrate", "fine", {"result": 1}), ("mourn", "broken", "boom")]
    assert not result.success


def test_hooks_of_one_use_and_of_a_graph() -> None:
    notes: list[Any] = []
    celebrate, _ = noting(notes)

    @dg.graph
    def inner():
        fine()

    @dg.job
    def outer():
        fine.with_hooks({celebrate}).alias("hooked")()
        inner.with_hooks({celebrate})()
        fine()

    outer.execute_in_process()
    assert sorted(key for _, key, _ in notes) == ["hooked", "inner.fine"]


def test_a_hook_decorates_a_job() -> None:
    notes: list[Any] = []
    celebrate, _ = noting(notes)

    @celebrate
    @dg.job
    def one():
        fine()

    one.execute_in_process()
    assert len(notes) == 1


def test_a_failure_hook_waits_for_the_last_attempt() -> None:
    notes: list[Any] = []
    _, mourn = noting(notes)

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=2), hooks={mourn})
    def stubborn():
        broken()

    result = stubborn.execute_in_process(raise_on_error=False)
    assert len(notes) == 1 and result.retry_attempts_for_node("broken") == 2


def test_a_hook_that_raises_changes_nothing() -> None:
    @dg.success_hook
    def clumsy(context):
        raise RuntimeError("oops")

    @dg.job(hooks={clumsy})
    def one():
        fine()

    result = one.execute_in_process()
    noted = [event.detail for event in result.all_events if type(event.detail).__name__ == "EngineNoted"]
    assert result.success and "'clumsy' failed" in noted[0].message and "oops" in str(noted[0].failure)


def test_a_hook_gets_its_resources() -> None:
    sent: list[str] = []

    @dg.success_hook(required_resource_keys={"mail"})
    def send(context):
        context.resources.mail.append(context.job_name)

    @dg.job(hooks={send}, resource_defs={"mail": dg.ResourceDefinition.hardcoded_resource(sent)})
    def one():
        fine()

    one.execute_in_process()
    assert sent == ["one"]

    @dg.job(hooks={send})
    def without():
        fine()

    with pytest.raises(dg.UnknownResourceError, match="hook 'send'"):
        dg.Definitions.validate_loadable(dg.Definitions(jobs=[without]))


def test_assets_have_hooks() -> None:
    notes: list[Any] = []
    celebrate, _ = noting(notes)

    @dg.asset(hooks={celebrate})
    def orders() -> int:
        return 2

    dg.materialize_to_memory([orders])
    assert notes == [("celebrate", "orders", {"result": 2})]

    @dg.asset
    def totals() -> int:
        return 3

    defs = dg.Definitions(assets=[totals], jobs=[dg.define_asset_job("all_of_it", hooks={celebrate})])
    defs.resolve_job("all_of_it").execute_in_process()
    assert notes[-1] == ("celebrate", "totals", {"result": 3})


def test_a_hook_is_called_directly() -> None:
    notes: list[Any] = []
    _, mourn = noting(notes)
    mourn(dg.build_hook_context(op=fine, op_exception=ValueError("no")))
    assert notes == [("mourn", "fine", "no")]
    with pytest.raises(dg.InvariantViolationError, match="Tried to access the HookContext op"):
        mourn(None)

    @dg.success_hook(required_resource_keys={"mail"})
    def send(context):
        context.resources.mail.append(context.run_id)

    sent: list[str] = []
    send(dg.build_hook_context(resources={"mail": sent}, run_id="r"))
    assert sent == ["r"]
    with pytest.raises(dg.UnknownResourceError, match="'mail' required by hook 'send'"):
        send(dg.build_hook_context(run_id="r"))


def test_only_hooks_are_hooks() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="@success_hook"):

        @dg.job(hooks={print})  # type: ignore[arg-type]
        def one(): ...

    with pytest.raises(dg.InvalidDefinitionError, match="one parameter"):

        @dg.success_hook
        def two(context, other): ...

"""Asynchronous resources: one loop for a run's resources and the functions that use them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from pydantic import PrivateAttr

import headrace as dg

events: list[str] = []


class Session(dg.ConfigurableResource):
    _loop: asyncio.AbstractEventLoop = PrivateAttr()

    @asynccontextmanager
    async def yield_for_execution(self, context):
        await asyncio.sleep(0)
        self._loop = asyncio.get_running_loop()
        events.append("started")
        try:
            yield self
        finally:
            await asyncio.sleep(0)
            events.append("torn down")


@dg.asset
async def fetched(session: Session) -> str:
    assert session._loop is asyncio.get_running_loop()
    events.append("used")
    return "fetched"


@pytest.fixture(autouse=True)
def nothing_happened() -> None:
    events.clear()


def test_a_resource_lives_on_the_loop_of_the_assets_that_use_it() -> None:
    result = dg.materialize([fetched], resources={"session": Session()})
    assert result.output_for_node("fetched") == "fetched"
    assert events == ["started", "used", "torn down"]


def test_it_is_torn_down_where_its_user_fails() -> None:
    @dg.op
    async def broken(session: Session) -> None:
        raise ValueError("no")

    @dg.job(resource_defs={"session": Session()})
    def fails():
        broken()

    assert not fails.execute_in_process(raise_on_error=False).success
    assert events == ["started", "torn down"]


def test_a_function_may_be_one() -> None:
    @dg.resource
    async def numbers(_context):
        await asyncio.sleep(0)
        yield [1, 2]
        events.append("over")

    @dg.asset(required_resource_keys={"numbers"})
    async def total(context: dg.AssetExecutionContext):
        yield dg.Output(sum(context.resources.numbers))

    assert dg.materialize([total], resources={"numbers": numbers}).output_for_node("total") == 3
    assert events == ["over"]


def test_a_direct_call_needs_a_loop() -> None:
    with pytest.raises(dg.HeadraceError, match="Unable to handle resource with async def yield_for_execution"):
        dg.build_asset_context({"session": Session()})

    loop = asyncio.new_event_loop()
    with dg.build_asset_context({"session": Session()}, event_loop=loop) as context:
        assert loop.run_until_complete(fetched(context)) == "fetched"
    loop.close()
    assert events == ["started", "used", "torn down"]


def test_a_script_may_bring_its_loop() -> None:
    loop = asyncio.new_event_loop()
    with dg.build_resources({"session": Session()}, event_loop=loop) as resources:
        assert resources.session._loop is loop
    loop.close()
    assert events == ["started", "torn down"]

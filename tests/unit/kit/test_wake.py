from __future__ import annotations

import asyncio

import pytest

from headrace_services.kit.wake import Wake


async def test_a_cancellation_that_comes_with_the_call_is_not_lost() -> None:
    wake = Wake()
    sleeper = asyncio.create_task(wake.wait(10))
    await asyncio.sleep(0)
    wake.set()
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper


async def test_a_sleeper_wakes_when_called_or_when_time_is_up() -> None:
    wake = Wake()
    assert await wake.wait(0.001) is False
    wake.set()
    wake.set()
    assert await wake.wait(10) is True
    sleeper = asyncio.create_task(wake.wait())
    await asyncio.sleep(0)
    wake.set()
    assert await sleeper is True

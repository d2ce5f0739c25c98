"""The clock of this machine."""

from __future__ import annotations

from datetime import timedelta

from headrace.clock import SystemClock


def test_now_is_in_utc_and_aware() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


async def test_sleep_waits_and_never_fails_on_what_is_past() -> None:
    clock = SystemClock()
    started = clock.monotonic()
    await clock.sleep(0.02)
    assert clock.monotonic() - started >= 0.02
    await clock.sleep(-1)

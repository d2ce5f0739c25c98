"""Health says what the services of a process say, soon after it changes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

import pytest

from headrace_services.kit import health
from headrace_services.kit.health import Health
from headrace_services.kit.service import Service

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Told:
    def __init__(self) -> None:
        self.answers: list[bool] = []

    async def __call__(self, healthy: bool) -> None:
        self.answers.append(healthy)


class Patient:
    """A service that is as well as the test wants it to be."""

    def __init__(self) -> None:
        self.healthy: bool | Exception | None = True
        self.service = Service("patient", lambda server: None, healthy=self._ask)

    async def _ask(self) -> bool:
        if self.healthy is None:
            await asyncio.Event().wait()
        if isinstance(self.healthy, Exception):
            raise self.healthy
        return bool(self.healthy)


async def test_only_changes_are_told() -> None:
    told, patient = Told(), Patient()
    watch = Health([patient.service, Service("well", lambda server: None)], told)
    for healthy in (True, True, False, False, True, True):
        patient.healthy = healthy
        await watch.tick(NOW)
    assert told.answers == [False, True]


@pytest.mark.parametrize("answer", [RuntimeError("boom"), None], ids=["raises", "hangs"])
async def test_a_service_that_cannot_say_how_it_is_is_not_well(
    answer: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.05)
    told, patient = Told(), Patient()
    patient.healthy = answer
    await Health([patient.service], told).tick(NOW)
    assert told.answers == [False]


async def test_what_is_true_is_said_within_five_seconds() -> None:
    assert health._LOOK_SECONDS + health._PATIENCE_SECONDS < 5

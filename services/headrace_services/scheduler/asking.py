"""Asking locations: at most so many questions at once, and none of a location at the cost of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from headrace.api.codeloc.v1.code_location_service_pb2 import (
    EvaluateScheduleRequest,
    EvaluateScheduleResponse,
    EvaluateSensorRequest,
    EvaluateSensorResponse,
)
from headrace.rpc.status import rpc_errors
from headrace_services.kit.service import Peers
from headrace_services.scheduler.instigators import Key
from headrace_services.scheduler.settings import SchedulerSettings
from headrace_services.scheduler.stubs import code_location

# Schedules come in crowds, sensors take their time.
_PER_LOCATION = {"schedule": 32, "sensor": 8}


class Questions:
    """Puts questions to locations."""

    def __init__(self, peers: Peers, settings: SchedulerSettings) -> None:
        self._peers = peers
        self._slots = {
            "schedule": asyncio.Semaphore(settings.schedules_at_once),
            "sensor": asyncio.Semaphore(settings.sensors_at_once),
        }
        self._hands: dict[tuple[str, str], asyncio.Semaphore] = {}

    @asynccontextmanager
    async def turn(self, key: Key) -> AsyncIterator[None]:
        """Waits until a schedule or sensor may be asked; others wait while the block lasts."""
        hand = (key.kind_name, key.location_name)
        if hand not in self._hands:
            self._hands[hand] = asyncio.Semaphore(_PER_LOCATION[key.kind_name])
        async with self._hands[hand], self._slots[key.kind_name]:
            yield

    async def schedule(
        self, address: str, request: EvaluateScheduleRequest, seconds: float
    ) -> EvaluateScheduleResponse:
        """Asks a schedule.

        Raises:
            HeadraceError: its location does not answer, or not to this.
        """
        with rpc_errors(address):
            return await code_location(self._peers.connect(address)).EvaluateSchedule(request, timeout=seconds)

    async def sensor(self, address: str, request: EvaluateSensorRequest, seconds: float) -> EvaluateSensorResponse:
        """Asks a sensor.

        Raises:
            HeadraceError: its location does not answer, or not to this.
        """
        with rpc_errors(address):
            return await code_location(self._peers.connect(address)).EvaluateSensor(request, timeout=seconds)

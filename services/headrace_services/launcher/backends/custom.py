"""Workers in an engine that the deployment wrote a launcher for."""

from __future__ import annotations

import asyncio

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder, StopOrder
from headrace_services.kit.extend import Launch, RunLauncher, WorkerGoneError
from headrace_services.launcher.backends.base import Ended, HopelessOrderError, NotNowError

_CALL_SECONDS = 15.0


class CustomBackend:
    """Passes orders on to a `RunLauncher`."""

    kind = "custom"

    def __init__(self, launcher: RunLauncher) -> None:
        self._launcher = launcher

    async def start(self, order: LaunchOrder, order_id: str) -> bool:
        """Has the launcher start a worker."""
        launch = Launch(
            launch_id=order_id,
            run_id=order.run_id,
            attempt=order.attempt,
            launch_token=order.launch_token,
            location_name=order.location_name,
            location_address=order.location_address,
            coordinator_address=order.coordinator_address,
            job_name=order.job_name,
        )
        try:
            await asyncio.wait_for(self._launcher.start(launch), _CALL_SECONDS)
        except WorkerGoneError as error:
            raise HopelessOrderError(str(error)) from error
        except Exception as error:
            raise NotNowError(_told(self._launcher, error)) from error
        return True

    async def stop(self, order: StopOrder, order_id: str) -> None:
        """Has the launcher end a run's workers."""
        try:
            await asyncio.wait_for(self._launcher.stop(order.run_id, kill=order.kill), _CALL_SECONDS)
        except Exception as error:
            raise NotNowError(_told(self._launcher, error)) from error

    def place(self, address: str) -> str:
        """Nothing is watched: the end of a worker shows when its lease ends."""
        return ""

    async def watch(self, place: str, ended: Ended) -> None:
        """Tells of nothing."""

    async def close(self) -> None:
        """Tells the launcher."""
        await self._launcher.close()


def _told(launcher: RunLauncher, error: Exception) -> str:
    return f"{type(launcher).__name__} did not do it: {type(error).__name__}: {error}"

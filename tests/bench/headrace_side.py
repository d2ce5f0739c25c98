"""Headrace as `headrace dev` starts it, driven through its public client."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from side import Side, free_port, is_listening

from headrace.client.aio_client import AsyncClient
from headrace.errors import HeadraceError

JOBS = Path(__file__).with_name("jobs.py")
RUN_TIMEOUT = 600.0


class HeadraceSide(Side):
    """Defaults throughout: SQLite, queued coordinator, `headrace dev`."""

    name = "headrace"

    def start(self) -> None:
        """Starts `headrace dev` and waits for its location."""
        self.loop = asyncio.new_event_loop()
        port = free_port()
        self.env |= {"HEADRACE_HOME": str(self.directory / "home"), "BENCH_API": "headrace"}
        command = Path(sys.executable).with_name("headrace")
        self.spawn(command, "dev", "-f", JOBS, "--grpc-port", str(port), "--port", str(free_port()))
        self.await_ready(lambda: is_listening(port))
        self.client = self.loop.run_until_complete(self._connect(f"127.0.0.1:{port}"))
        self.await_ready(lambda: self.loop.run_until_complete(self._location_loaded()))

    def stop(self) -> None:
        """Closes the client, then ends the processes."""
        if hasattr(self, "client"):
            self.loop.run_until_complete(self.client.close())
        super().stop()

    def run(self, job: str, count: int = 1) -> None:
        """Submits and watches all runs at once."""
        self.loop.run_until_complete(self._run_all(job, count))

    async def _connect(self, target: str) -> AsyncClient:
        return AsyncClient(target)

    async def _location_loaded(self) -> bool:
        try:
            locations = await self.client.locations.list()
        except HeadraceError:
            return False
        return bool(locations) and all(location.state == "loaded" for location in locations)

    async def _run_all(self, job: str, count: int) -> None:
        await asyncio.gather(*(self._run_one(job) for _ in range(count)))

    async def _run_one(self, job: str) -> None:
        submitted = await self.client.submit_job(job)
        run = await self.client.wait(submitted.run_id, timeout=RUN_TIMEOUT)
        if not run.succeeded:
            raise RuntimeError(f"headrace's run of {job} ended badly: {run}")


make = HeadraceSide

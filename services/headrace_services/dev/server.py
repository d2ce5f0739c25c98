"""Starting, watching and ending everything."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from headrace.clock import SystemClock
from headrace.errors import FailedPreconditionError
from headrace.workspace import PythonOrigin, Workspace, load_workspace
from headrace_services.dev.announcements import Announcer
from headrace_services.dev.location_process import LocationProcess
from headrace_services.dev.options import DevOptions
from headrace_services.kit.config import InstanceConfig, check_startable, load_instance

if TYPE_CHECKING:
    from headrace.api.gateway.v1.location_service_pb2_grpc import LocationServiceAsyncStub
    from headrace_services.kit.app import App

_END_RUNS_SECONDS = 5.0
_STOP_SECONDS = 10.0


class Dev:
    """One `headrace dev`.

    The order matters for how soon it is ready: the processes of code locations are started first, and import what they
    need while this process imports the services.
    """

    def __init__(self, options: DevOptions, home: Path) -> None:
        self._options = options
        self._home = home
        self._clock = SystemClock()
        self._tell = Announcer()
        self._addresses: dict[str, tuple[str, str]] = {}
        self._app: App | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Runs until it is told to end.

        Raises:
            HeadraceError: it cannot start; the message says why.
        """
        started = self._clock.monotonic()
        instance = load_instance(self._home)
        check_startable(instance)
        workspace = load_workspace(self._options.workspace, (Path.cwd(), self._home))
        host, port = self._options.host, self._options.grpc_port or _free_port(self._options.host)
        locations = [
            LocationProcess(
                each.name,
                each.origin,
                home=self._home,
                target=f"{_here(host)}:{port}",
                load_timeout=instance.code_servers.local_startup_timeout,
                on_address=self._location_listens,
                say=self._tell.said,
                clock=self._clock,
            )
            for each in workspace.locations
            if isinstance(each.origin, PythonOrigin)
        ]
        try:
            for location in locations:
                await _start(location)
            self._tasks += [asyncio.create_task(each.run(), name=f"location {each.name}") for each in locations]
            async with self._services(instance, workspace, port) as app:
                web = f"{self._options.host}:{app.web_ports[0]}"
                grpc = f"{self._options.host}:{app.port}"
                self._tell.banner(
                    web=web, grpc=grpc, home=self._home, locations=[each.name for each in workspace.locations]
                )
                self._tasks.append(
                    asyncio.create_task(self._watch_locations(app, workspace, started), name="location states")
                )
                await self._until_told(app)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.gather(*(location.stop() for location in locations))

    def _location_listens(self, name: str, address: str, absence: str) -> None:
        self._addresses[name] = address, absence
        if self._app is not None:
            self._app.addresses.set(name, address, absence)

    @asynccontextmanager
    async def _services(self, instance: InstanceConfig, workspace: Workspace, port: int) -> AsyncIterator[App]:
        # Imported here, and not above, so that the locations are on their way by now.
        from headrace_services.dev.composition import builds
        from headrace_services.kit.app import App
        from headrace_services.kit.logging import configure_logging

        options = self._options
        configure_logging(options.log_format, options.log_level)  # type: ignore[arg-type]
        instance = _in_one_process(instance, options.host, port)
        app = App(
            instance,
            builds(),
            listen=instance.services.gateway.listen,
            web_listen=[f"{options.host}:{options.web_port}"],
            workspace=workspace,
        )
        for name, (address, absence) in self._addresses.items():
            app.addresses.set(name, address, absence)
        self._app = app
        try:
            await app.start()
        except FailedPreconditionError as error:
            if "address" not in error.metadata:
                raise
            hint = "Other ports are taken with --grpc-port (gRPC) and --port (HTTP)"
            raise FailedPreconditionError(f"{error}. {hint}") from error
        try:
            yield app
        finally:
            await asyncio.wait_for(app.stop(), _STOP_SECONDS)

    async def _watch_locations(self, app: App, workspace: Workspace, started: float) -> None:
        from headrace.api.gateway.v1 import location_service_pb2 as pb
        from headrace.api.gateway.v1.location_service_pb2_grpc import LocationServiceStub
        from headrace.api.types.v1 import location_pb2

        stub = cast("LocationServiceAsyncStub", LocationServiceStub(app.peers.channel("gateway")))
        waiting = {each.name for each in workspace.locations}
        told: dict[str, bytes] = {}
        async for change in stub.WatchLocations(pb.WatchLocationsRequest()):
            for location in change.locations:
                if location.state in (location_pb2.LOCATION_STATE_UNSPECIFIED, location_pb2.LOCATION_STATE_LOADING):
                    continue
                # A process that has come up again elsewhere is news when it has loaded, and not before.
                location.ClearField("address")
                fingerprint = location.SerializeToString(deterministic=True)
                if told.get(location.name) != fingerprint:
                    told[location.name] = fingerprint
                    self._tell.location(location)
                if location.name in waiting:
                    waiting.discard(location.name)
                    if not waiting:
                        self._tell.ready(self._clock.monotonic() - started)
                        # As in `App.run_until_stopped`: what is there by now stays.
                        gc.freeze()

    async def _until_told(self, app: App) -> None:
        told = asyncio.Event()
        leave = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_signal() -> None:
            (leave if told.is_set() else told).set()

        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, on_signal)
        await told.wait()
        ending = asyncio.create_task(self._end_runs(app), name="end runs")
        leaving = asyncio.create_task(leave.wait(), name="second signal")
        await asyncio.wait([ending, leaving], return_when=asyncio.FIRST_COMPLETED)
        for task in (ending, leaving):
            task.cancel()
        await asyncio.gather(ending, leaving, return_exceptions=True)

    async def _end_runs(self, app: App) -> None:
        from headrace_services.dev.runs_in_flight import RunsInFlight

        in_flight = RunsInFlight(app.peers.channel("gateway"), self._clock)
        runs = await in_flight.find()
        self._tell.line("Ending.")
        if not runs:
            return
        self._tell.line(
            f"  canceling {len(runs)} {'runs' if len(runs) > 1 else 'run'} in progress; Ctrl-C leaves at once"
        )
        left = await in_flight.cancel(runs, _END_RUNS_SECONDS)
        if left:
            self._tell.line(f"  {left} did not end in time; what becomes of them is decided at the next start")


async def _start(location: LocationProcess) -> None:
    try:
        await location.start()
    except OSError:
        pass  # `run` tries again, and tells


def _in_one_process(instance: InstanceConfig, host: str, port: int) -> InstanceConfig:
    """Returns the instance with all services at one address: whoever calls from outside finds each of them there."""
    from headrace_services.kit.config.services import ServiceAddress, ServicesConfig

    address = ServiceAddress(listen=f"{host}:{port}", address=f"{_here(host)}:{port}")
    return replace(
        instance, services=ServicesConfig(address, address, address, address, address, web=instance.services.web)
    )


def _free_port(host: str) -> int:
    # Workers are told the address before anything is bound to it, so it must be known by then.
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def run_dev(options: DevOptions, home: Path) -> None:
    """Runs everything until Ctrl-C or SIGTERM.

    Raises:
        HeadraceError: it cannot start; the message says why.
    """
    asyncio.run(Dev(options, home).run())


def _here(host: str) -> str:
    """Returns where this machine reaches what listens on `host`."""
    return "127.0.0.1" if host in ("0.0.0.0", "") else host

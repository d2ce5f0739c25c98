"""The front as a process: wires everything, listens, says that it is ready, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys

from headrace.api.codeloc.v1.backfill_plan_service_pb2_grpc import add_BackfillPlanServiceServicer_to_server
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import add_CodeLocationServiceServicer_to_server
from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import add_WorkerHostServiceServicer_to_server
from headrace.ids import RandomIds
from headrace.rpc.server import build_server
from headrace_codeloc.front.backfill_servicer import BackfillServicer
from headrace_codeloc.front.evaluator import Evaluator
from headrace_codeloc.front.exits import ExitLog
from headrace_codeloc.front.hosts import Hosts
from headrace_codeloc.front.loading import Loader
from headrace_codeloc.front.location_servicer import LocationServicer
from headrace_codeloc.front.nursery_link import NurseryLink
from headrace_codeloc.front.pool import Pool
from headrace_codeloc.front.state import LocationState
from headrace_codeloc.front.worker_servicer import WorkerServicer
from headrace_codeloc.front.workers import Workers
from headrace_codeloc.launch_spec import launch_spec_of
from headrace_codeloc.nursery import ForkedNursery
from headrace_codeloc.options import LocationOptions

DRAIN_SECONDS = 5.0


async def serve(options: LocationOptions, forked: ForkedNursery) -> None:
    """Serves the location until the process is told to end.

    Args:
        options: What to serve, and where.
        forked: The nursery.
    """
    state = LocationState(launch_spec_of(options))
    workers = Workers(ExitLog(RandomIds().token()))

    nursery = NurseryLink(forked, workers.exited)
    loader = Loader(nursery, options, workers.exited)
    pool = Pool(loader, options.pool_size)

    def on_switch() -> None:
        pool.reset()
        if state.info.start_method == "pool":
            pool.fill()

    hosts = Hosts(loader, state, on_switch)
    evaluator = Evaluator(hosts, pool, options.max_evaluations)
    # The host begins to load while the server is being built.
    hosts.start()
    server = build_server(
        [
            lambda grpc_server: add_CodeLocationServiceServicer_to_server(
                LocationServicer(state, hosts, evaluator), grpc_server
            ),
            lambda grpc_server: add_BackfillPlanServiceServicer_to_server(
                BackfillServicer(state, evaluator), grpc_server
            ),
            lambda grpc_server: add_WorkerHostServiceServicer_to_server(
                WorkerServicer(options, state, hosts, pool, workers), grpc_server
            ),
        ],
        options.address,
        tls=options.tls.load(),
    )
    await server.start()
    _say_ready(str(server.address), options)
    try:
        await _told_to_end(options)
    finally:
        await server.drain()
        await server.stop(DRAIN_SECONDS)
        await pool.stop()
        await hosts.stop()
        nursery.close()


def _say_ready(address: str, options: LocationOptions) -> None:
    """Writes one line of JSON to standard output: whoever started the process waits for it."""
    ready = {"event": "serving", "address": address, "location": options.location_name, "pid": os.getpid()}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


async def _told_to_end(options: LocationOptions) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if options.exit_with_parent:
        await _follow_stdin(ended)
    await ended.wait()


async def _follow_stdin(ended: asyncio.Event) -> None:
    """Has the process end with whoever holds the other end of its standard input."""

    class _Input(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:
            ended.set()

        def eof_received(self) -> None:
            ended.set()

    with contextlib.suppress(ValueError, OSError):
        await asyncio.get_running_loop().connect_read_pipe(_Input, sys.stdin)

"""WorkerHostService: starts workers, ends them, and tells how they ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from headrace.api.codeloc.v1 import worker_host_service_pb2 as pb
from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import WorkerHostServiceServicer
from headrace.errors import InvalidArgumentError, LocationUnreachableError, QueueFullError
from headrace_codeloc.front.host_link import HostGoneError, HostLink
from headrace_codeloc.front.hosts import Hosts
from headrace_codeloc.front.pool import Pool
from headrace_codeloc.front.state import LocationState
from headrace_codeloc.front.workers import Worker, Workers
from headrace_codeloc.messages import Message
from headrace_codeloc.options import START_METHODS, LocationOptions

SIGN_OF_LIFE_SECONDS = 15.0
STOP_GRACE_SECONDS = 30.0
MOST_EXITS_AT_ONCE = 100


class WorkerServicer(WorkerHostServiceServicer):
    """Serves one location's workers."""

    def __init__(
        self, options: LocationOptions, state: LocationState, hosts: Hosts, pool: Pool, workers: Workers
    ) -> None:
        self._options = options
        self._state = state
        self._hosts = hosts
        self._pool = pool
        self._workers = workers
        self._starting: dict[str, asyncio.Task[Worker]] = {}

    async def StartWorker(self, request: pb.StartWorkerRequest, context: Any) -> pb.StartWorkerResponse:
        """Starts a worker, once per request id, and goes on even if the caller has left."""
        _check(request)
        known = self._workers.find(request.request_id)
        if known is not None:
            return pb.StartWorkerResponse(worker_id=known.worker_id, started=False, pid=known.pid)
        task = self._starting.get(request.request_id)
        first = task is None
        if task is None:
            task = self._begin(request)
        worker = await asyncio.shield(task)
        return pb.StartWorkerResponse(worker_id=worker.worker_id, started=first, pid=worker.pid)

    async def StopWorker(self, request: pb.StopWorkerRequest, context: Any) -> pb.StopWorkerResponse:
        """Ends the workers of a run."""
        stopped = self._workers.stop(request.run_id, kill=request.kill, grace=STOP_GRACE_SECONDS)
        return pb.StopWorkerResponse(stopped=stopped)

    async def WatchWorkers(
        self, request: pb.WatchWorkersRequest, context: Any
    ) -> AsyncIterator[pb.WatchWorkersResponse]:
        """Tells of ended workers as it happens."""
        exits = self._workers.exits
        position = exits.position(request.cursor)
        while True:
            found = exits.after(position, MOST_EXITS_AT_ONCE)
            position += len(found)
            yield pb.WatchWorkersResponse(
                exits=found, cursor=exits.cursor(position), caught_up=exits.is_newest(position)
            )
            await exits.wait(position, SIGN_OF_LIFE_SECONDS)
            # A watcher that was too slow has missed some: it learns so by its cursor.
            exits.position(exits.cursor(position))

    def _begin(self, request: pb.StartWorkerRequest) -> asyncio.Task[Worker]:
        if len(self._workers) + len(self._starting) >= self._options.max_workers:
            raise QueueFullError(f"{self._options.max_workers} workers of this location are alive already")
        task = asyncio.create_task(self._start(request))
        self._starting[request.request_id] = task
        task.add_done_callback(lambda _: self._starting.pop(request.request_id, None))
        return task

    async def _start(self, request: pb.StartWorkerRequest) -> Worker:
        host = await self._hosts.current()
        wanted = request.start_method if request.start_method != "auto" else ""
        method = wanted or self._state.info.start_method
        if method == "pool":
            host = await self._pool.take()
        elif method == "spawn":
            host = await self._pool.spawn()
        return await self._order(host, request, forked=method == "fork")

    async def _order(self, host: HostLink, request: pb.StartWorkerRequest, *, forked: bool) -> Worker:
        worker = partial(
            Worker,
            request.request_id,
            request.run_id,
            request.launch_token,
            log_path=str(Path(self._options.worker_log_directory, f"{request.request_id}.log")),
        )

        def started(answer: Message) -> None:
            # At once: the host may say next that the worker has ended.
            self._workers.add(worker(pid=answer.fields["pid"]))

        try:
            await host.call(
                "start_worker",
                request.SerializeToString(),
                started,
                log_path=worker.keywords["log_path"],
                claim_timeout=self._options.claim_timeout,
                forked=forked,
                tls=asdict(self._options.tls),
            )
        except HostGoneError as error:
            raise LocationUnreachableError("the process that holds the code has died; it is being restarted") from error
        found = self._workers.find(request.request_id)
        assert found is not None
        return found


def _check(request: pb.StartWorkerRequest) -> None:
    required = ("request_id", "run_id", "launch_token", "coordinator_address")
    missing = {field: "required" for field in required if not getattr(request, field)}
    if request.start_method and request.start_method not in START_METHODS:
        missing["start_method"] = f"expected one of {', '.join(START_METHODS)}, got {request.start_method!r}"
    if missing:
        raise InvalidArgumentError(violations=missing)

"""The loop that carries orders out."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import datetime

from headrace import faults
from headrace.api.storage.v1.outbox_service_pb2 import ClaimMessagesRequest, LaunchOrder, OutboxMessage
from headrace.clock import Clock
from headrace.ids import Ids
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import rpc_errors
from headrace_services.kit.tasks import Tasks
from headrace_services.launcher.acks import Acks
from headrace_services.launcher.backends.base import Backend, HopelessOrderError, NotNowError
from headrace_services.launcher.metrics import LauncherMetrics
from headrace_services.launcher.reaper import Reaper
from headrace_services.launcher.stubs import Storage
from headrace_services.launcher.workers import Workers

logger = logging.getLogger(__name__)

# Wake-up calls may be lost, and orders that were left come back by themselves; only latency may suffer.
FALLBACK_SECONDS = 2.0
# For how long an order is this replica's alone; then it may be carried out elsewhere.
_CLAIM_SECONDS = 20
# What is left of it when trying again stops.
_CLAIM_RESERVE_SECONDS = 12.0
_BATCH, _MOST_IN_HAND = 50, 400
# A host starts one worker after the other; a few calls keep it busy.
_STARTS_PER_LOCATION, _STOPS_PER_LOCATION = 8, 4
_MOST_STOP_DELIVERIES = 50
_NEXT_TRY = RetryPolicy(first_seconds=0.1, longest_seconds=2.0)


class DeliveryLoop:
    """Claims orders in batches and carries out each by itself, so that a slow location holds up only its own."""

    def __init__(
        self,
        name: str,
        holder: str,
        backend: Backend,
        storage: Storage,
        reaper: Reaper,
        workers: Workers,
        metrics: LauncherMetrics,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._name = name
        self._holder = holder
        self._backend = backend
        self._storage = storage
        self._reaper = reaper
        self._workers = workers
        self._metrics = metrics
        self._clock = clock
        self._ids = ids
        self._tasks = Tasks()
        self._acks = Acks(storage, ids, self._tasks)
        self._in_hand: set[str] = set()
        self._stops: dict[str, asyncio.Task[None]] = {}
        self._start_slots = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(_STARTS_PER_LOCATION))
        self._stop_slots = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(_STOPS_PER_LOCATION))

    async def tick(self, now: datetime) -> float | None:
        """Takes what orders there are in hand; asks to be called again at once while there may be more."""
        room = min(_BATCH, _MOST_IN_HAND - len(self._in_hand))
        if room <= 0:
            return 0.1
        request = ClaimMessagesRequest(
            request_id=self._ids.uuid7(), launcher_name=self._name, holder=self._holder, max_messages=room
        )
        request.ttl.FromSeconds(_CLAIM_SECONDS)
        with rpc_errors("storage"):
            messages = (await self._storage.outbox.ClaimMessages(request)).messages
        if messages:
            faults.point("launcher.after_claim")
        # Ends first: they are meant for workers of attempts before those that are to be started.
        for message in sorted(messages, key=lambda each: each.WhichOneof("body") != "stop_order"):
            self._take(message)
        return 0.0 if len(messages) == room else None

    async def stop(self) -> None:
        """Leaves what is in hand to whoever claims it next."""
        await self._tasks.stop()

    def _take(self, message: OutboxMessage) -> None:
        if message.message_id in self._in_hand:
            return
        self._in_hand.add(message.message_id)
        if message.WhichOneof("body") == "stop_order":
            run_id = message.stop_order.run_id
            self._stops[run_id] = self._tasks.spawn(self._end(message), f"stop {run_id}")
        else:
            self._tasks.spawn(self._start(message), f"launch {message.launch_order.run_id}")

    async def _start(self, message: OutboxMessage) -> None:
        order = message.launch_order
        try:
            if order.run_id in self._stops:
                await asyncio.wait({self._stops[order.run_id]})
            self._reaper.watch(order.location_address)
            async with self._start_slots[order.location_address]:
                done = await self._started(message, order)
            if done:
                faults.point("launcher.before_record")
                self._acks.add(message.message_id)
        finally:
            self._in_hand.discard(message.message_id)

    async def _started(self, message: OutboxMessage, order: LaunchOrder) -> bool:
        """Tells whether the order is done with; one that is not comes back by itself."""
        began = self._clock.monotonic()
        failures = 0
        while True:
            try:
                new = await self._backend.start(order, message.message_id)
            except HopelessOrderError as error:
                await self._reaper.give_up(order.run_id, order.launch_token, str(error))
                self._metrics.launched("hopeless", 0.0)
                return True
            except NotNowError as error:
                failures += 1
                delay = _NEXT_TRY.delay(failures)
                if self._clock.monotonic() - began + delay > _CLAIM_SECONDS - _CLAIM_RESERVE_SECONDS:
                    self._metrics.launched("deferred", 0.0)
                    await self._reaper.note(order.run_id, order.launch_token, str(error))
                    logger.warning(
                        "a worker could not be started yet",
                        extra={"run_id": order.run_id, "deliveries": message.delivery_count + 1, "problem": str(error)},
                    )
                    return False
                await self._clock.sleep(delay)
                continue
            faults.point("launcher.after_spawn")
            self._workers.started(message.message_id, order, self._clock.now())
            self._metrics.launched("started" if new else "repeated", self._clock.monotonic() - began)
            return True

    async def _end(self, message: OutboxMessage) -> None:
        order = message.stop_order
        try:
            async with self._stop_slots[order.location_address]:
                await self._backend.stop(order, message.message_id)
            self._metrics.stopped("done")
            self._acks.add(message.message_id)
        except NotNowError as error:
            self._leave(message, error)
        finally:
            self._in_hand.discard(message.message_id)
            self._stops.pop(order.run_id, None)

    def _leave(self, message: OutboxMessage, error: NotNowError) -> None:
        """Leaves a stop order for later; not for ever, for a worker without a lease can do no harm anyway."""
        details = {"run_id": message.stop_order.run_id, "problem": str(error)}
        if message.delivery_count >= _MOST_STOP_DELIVERIES:
            self._metrics.stopped("given_up")
            self._acks.add(message.message_id)
            logger.warning("a worker could not be stopped, giving up", extra=details)
            return
        self._metrics.stopped("deferred")
        logger.info("a worker could not be stopped yet", extra=details)

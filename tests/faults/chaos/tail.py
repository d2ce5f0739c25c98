"""A reader of the feed of all events, which follows it by its cursor across every interruption."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import grpc

from faults.survey import Fact
from headrace.api.gateway.v1.event_service_pb2 import WatchEventsRequest
from headrace.api.gateway.v1.event_service_pb2_grpc import EventServiceStub
from headrace.rpc.channel import open_channel
from rig.waiting import wait_until

AGAIN_SECONDS = 0.1
STREAM_SECONDS = 30.0


class Tail:
    """Reads in the background.

    Attributes:
        facts: What was delivered, in order.
        broken: How often the stream broke off.
    """

    def __init__(self, target: str) -> None:
        self.facts: list[Fact] = []
        self.broken = 0
        self._channel = open_channel(target)
        self._stub = EventServiceStub(self._channel)
        self._cursor = ""
        self._stopping = threading.Event()
        self._call: grpc.RpcContext | None = None
        self._thread = threading.Thread(target=self._read, name="tail")

    def __enter__(self) -> Tail:
        self._thread.start()
        wait_until(lambda: self._cursor, what="the first answer of the feed")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._call is not None:
            self._call.cancel()
        self._thread.join()
        self._channel.close()

    def wait_for(self, last: Fact, seconds: float = 20.0) -> None:
        """Returns when an event has been delivered."""
        key = (last.run_id, last.sequence)
        wait_until(
            lambda: any((fact.run_id, fact.sequence) == key for fact in self.facts), seconds, what="the end of the feed"
        )

    def _read(self) -> None:
        while not self._stopping.is_set():
            self._call = call = self._stub.WatchEvents(WatchEventsRequest(cursor=self._cursor), timeout=STREAM_SECONDS)
            try:
                for response in call:
                    self.facts += [Fact.of(event) for event in response.events]
                    self._cursor = response.cursor
            except grpc.RpcError:
                self.broken += 1
            time.sleep(AGAIN_SECONDS)  # noqa: TID251

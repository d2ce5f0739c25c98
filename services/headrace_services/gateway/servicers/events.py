"""EventService: reads and follows events of one run or of all."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import event_service_pb2 as pb
from headrace.api.gateway.v1.event_service_pb2_grpc import EventServiceServicer
from headrace.api.storage.v1 import event_log_service_pb2 as event_log_pb2
from headrace_services.gateway.operations.relay import relay
from headrace_services.gateway.stubs import Backends


class EventServicer(EventServiceServicer):
    """Reads from storage."""

    def __init__(self, backends: Backends) -> None:
        self._events = backends.events

    async def ListEvents(self, request: pb.ListEventsRequest, context: Any) -> pb.ListEventsResponse:
        answer = await self._events.ListEvents(
            event_log_pb2.ListEventsRequest(
                filter=_filter(request), page_size=request.page_size, page_token=request.page_token
            )
        )
        return pb.ListEventsResponse(events=answer.events, next_page_token=answer.next_page_token)

    async def WatchEvents(self, request: pb.WatchEventsRequest, context: Any) -> None:  # type: ignore[override]
        events = self._events.WatchEvents(
            event_log_pb2.WatchEventsRequest(
                filter=_filter(request), cursor=request.cursor, from_now=not request.cursor
            )
        )
        await relay(
            events,
            lambda some: pb.WatchEventsResponse(events=some.events, cursor=some.cursor, caught_up=some.caught_up),
            context,
        )


def _filter(request: pb.ListEventsRequest | pb.WatchEventsRequest) -> event_log_pb2.EventFilter:
    return event_log_pb2.EventFilter(
        run_id=request.run_id, kinds=request.kinds, asset_keys=request.asset_keys, step_key=request.step_key
    )

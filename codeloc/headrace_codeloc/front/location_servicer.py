"""CodeLocationService: answers from the state, or has user code evaluated elsewhere."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Any

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceServicer
from headrace.api.types.v1.definitions_pb2 import DefinitionsPart
from headrace.errors import LocationNotLoadedError
from headrace_codeloc.front.evaluator import Evaluator
from headrace_codeloc.front.hosts import Hosts
from headrace_codeloc.front.state import LocationState

SIGN_OF_LIFE_SECONDS = 15.0
MOST_RELOADS_REMEMBERED = 100


class LocationServicer(CodeLocationServiceServicer):
    """Serves one location."""

    def __init__(self, state: LocationState, hosts: Hosts, evaluator: Evaluator) -> None:
        self._state = state
        self._hosts = hosts
        self._evaluator = evaluator
        self._reloads: OrderedDict[str, asyncio.Task[None]] = OrderedDict()

    async def GetServerInfo(self, request: pb.GetServerInfoRequest, context: Any) -> pb.GetServerInfoResponse:
        """Answers at once."""
        return pb.GetServerInfoResponse(server_info=self._state.info)

    async def GetDefinitions(
        self, request: pb.GetDefinitionsRequest, context: Any
    ) -> AsyncIterator[pb.GetDefinitionsResponse]:
        """Streams the definitions in use."""
        parts = self._state.parts
        if not parts:
            failure = self._state.info.failure
            raise LocationNotLoadedError(
                f"the location's code did not load: {failure.message}"
                if failure.message
                else "the location's code is still being loaded"
            )
        for part in parts:
            yield pb.GetDefinitionsResponse(part=DefinitionsPart.FromString(part))

    async def WatchServerInfo(
        self, request: pb.WatchServerInfoRequest, context: Any
    ) -> AsyncIterator[pb.WatchServerInfoResponse]:
        """Sends the info now and whenever it changes."""
        seen = -1
        if request.cursor == self._cursor():
            seen = self._state.version
        while True:
            if await self._state.wait_beyond(seen, SIGN_OF_LIFE_SECONDS):
                seen = self._state.version
                yield pb.WatchServerInfoResponse(server_info=self._state.info, cursor=self._cursor(), caught_up=True)
            else:
                yield pb.WatchServerInfoResponse(cursor=self._cursor(), caught_up=True)

    async def PlanRun(self, request: pb.PlanRunRequest, context: Any) -> pb.PlanRunResponse:
        """Plans in a process that may run user code."""
        return pb.PlanRunResponse.FromString(await self._evaluate("PlanRun", request))

    async def EvaluateSchedule(self, request: pb.EvaluateScheduleRequest, context: Any) -> pb.EvaluateScheduleResponse:
        """Asks a schedule."""
        return pb.EvaluateScheduleResponse.FromString(await self._evaluate("EvaluateSchedule", request))

    async def EvaluateSensor(self, request: pb.EvaluateSensorRequest, context: Any) -> pb.EvaluateSensorResponse:
        """Asks a sensor."""
        return pb.EvaluateSensorResponse.FromString(await self._evaluate("EvaluateSensor", request))

    async def ReloadDefinitions(
        self, request: pb.ReloadDefinitionsRequest, context: Any
    ) -> pb.ReloadDefinitionsResponse:
        """Loads the code anew; goes on when the caller has left, so that a repetition finds it done."""
        await asyncio.shield(self._reload(request.request_id))
        return pb.ReloadDefinitionsResponse(server_info=self._state.info)

    def _reload(self, request_id: str) -> asyncio.Task[None]:
        if request_id in self._reloads:
            return self._reloads[request_id]
        task = asyncio.create_task(self._hosts.reload())
        self._reloads[request_id or f"unnamed {id(task)}"] = task
        while len(self._reloads) > MOST_RELOADS_REMEMBERED:
            self._reloads.popitem(last=False)
        return task

    async def _evaluate(self, method: str, request: Any) -> bytes:
        if not self._state.parts:
            await self._hosts.current()
        return await self._evaluator.evaluate(
            method, request.SerializeToString(), start_method=self._state.info.start_method
        )

    def _cursor(self) -> str:
        return f"{id(self)}:{self._state.version}"

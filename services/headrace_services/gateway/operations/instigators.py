"""What schedules and sensors have in common: whether they are on, their ticks, switching, evaluating."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from headrace.api.scheduler.v1 import scheduler_service_pb2 as scheduler_pb2
from headrace.api.storage.v1 import tick_store_service_pb2 as tick_store_pb2
from headrace.api.types.v1 import instigator_pb2
from headrace.errors import NotAnsweringError, UnavailableError
from headrace.rpc.status import rpc_errors
from headrace_services.gateway.stubs import Backends

_PAGE_SIZE = 1000

if TYPE_CHECKING:
    Kind: TypeAlias = instigator_pb2.InstigatorKind.ValueType
    State: TypeAlias = instigator_pb2.InstigatorState.ValueType

Kept = dict[tuple[str, str], instigator_pb2.Instigator]


def ref_to(kind: Kind, location_name: str, name: str) -> instigator_pb2.InstigatorRef:
    """Returns the name of a schedule or sensor in the deployment."""
    return instigator_pb2.InstigatorRef(location_name=location_name, kind=kind, name=name)


def effective_state(said: State, default: State) -> State:
    """Returns whether it is on: what somebody said last, else what its definition says, else that it is off."""
    return said or default or instigator_pb2.INSTIGATOR_STATE_STOPPED


async def read_kept(backends: Backends, kind: Kind, wanted: Iterable[Sequence[str]]) -> Kept:
    """Returns what storage keeps of some schedules or sensors, by location and name."""
    kept: Kept = {}
    names = defaultdict(list)
    for location_name, name in wanted:
        names[location_name].append(name)
    for location_name in sorted(names):
        token = ""
        while True:
            page = await backends.ticks.ListInstigators(
                tick_store_pb2.ListInstigatorsRequest(
                    location_name=location_name,
                    kind=kind,
                    names=names[location_name],
                    page_size=_PAGE_SIZE,
                    page_token=token,
                )
            )
            kept.update({(each.ref.location_name, each.ref.name): each for each in page.instigators})
            token = page.next_page_token
            if not token:
                break
    return kept


async def switch(
    backends: Backends, request_id: str, ref: instigator_pb2.InstigatorRef, state: State
) -> instigator_pb2.Instigator:
    """Switches a schedule or sensor on or off and returns what is kept of it."""
    answer = await backends.ticks.SetInstigatorState(
        tick_store_pb2.SetInstigatorStateRequest(request_id=request_id, ref=ref, state=state)
    )
    return answer.instigator


async def list_ticks(
    backends: Backends, ref: instigator_pb2.InstigatorRef, page_size: int, page_token: str
) -> tuple[list[instigator_pb2.Tick], str]:
    """Returns a page of ticks, newest first, and the token of the next."""
    answer = await backends.ticks.ListTicks(
        tick_store_pb2.ListTicksRequest(ref=ref, page_size=page_size, page_token=page_token)
    )
    return list(answer.ticks), answer.next_page_token


async def evaluate(backends: Backends, request: scheduler_pb2.EvaluateNowRequest) -> scheduler_pb2.EvaluateNowResponse:
    """Has the scheduler evaluate one as if it were due.

    Raises:
        UnavailableError: there is no scheduler.
    """
    try:
        with rpc_errors("scheduler"):
            # An evaluation has time, and its call would go on trying for all of it.
            await backends.serves("scheduler")
            return await backends.scheduler.EvaluateNow(request)
    except NotAnsweringError as error:
        raise UnavailableError(
            f"nobody evaluates schedules and sensors now: no scheduler answers ({error}); `headrace serve scheduler` starts one"
        ) from None

"""SetInstigatorState."""

from __future__ import annotations

from headrace.api.storage.v1.tick_store_service_pb2 import SetInstigatorStateRequest, SetInstigatorStateResponse
from headrace_services.storage.messages.tick_messages import etag_of, instigator_message, ref_of
from headrace_services.storage.operations.checks import require_ref
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import instigators
from headrace_services.storage.store.locks import instigator_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def set_instigator_state(store: Store, request: SetInstigatorStateRequest) -> SetInstigatorStateResponse:
    """Switches a schedule or sensor on or off, or sets a sensor's cursor."""
    require_ref("ref", request.ref)
    ref = ref_of(request.ref)

    def act(tx: Transaction) -> SetInstigatorStateResponse:
        known = instigators.find(tx.connection, ref)
        if known is not None and request.only_if_new:
            return SetInstigatorStateResponse(instigator=instigator_message(known))
        if request.HasField("etag") and request.etag != etag_of(known):
            raise instigators.stale(ref)
        cursor = request.cursor if request.HasField("cursor") else None
        record = instigators.set_state(tx, ref, known, None if request.keep_state else request.state, cursor)
        return SetInstigatorStateResponse(instigator=instigator_message(record))

    locks = frozenset({instigator_lock(*ref)})
    return await store.write(once("set_instigator_state", request, SetInstigatorStateResponse, act, locks))

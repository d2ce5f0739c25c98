"""AddRunTags."""

from __future__ import annotations

from headrace.api.storage.v1.run_store_service_pb2 import AddRunTagsRequest, AddRunTagsResponse
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace_services.storage.messages.run_messages import run_message
from headrace_services.storage.operations.checks import require, run_not_found, wrong
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import runs
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_MOST_TAGS = 100
_LONGEST = 1024
_OURS = "headrace/"


async def add_run_tags(store: Store, request: AddRunTagsRequest) -> AddRunTagsResponse:
    """Gives a run more tags."""
    require(request, "run_id")
    _check(request)

    def act(tx: Transaction) -> AddRunTagsResponse:
        record = runs.find(tx.connection, request.run_id)
        if record is None:
            raise run_not_found(request.run_id)
        spec = Run.FromString(record.spec)
        tags = {tag.key: tag.value for tag in (*spec.tags, *request.tags)}
        del spec.tags[:]
        spec.tags.extend(Tag(key=key, value=value) for key, value in tags.items())
        written = spec.SerializeToString(deterministic=True)
        runs.tag(tx, record.number, [(tag.key, tags[tag.key]) for tag in request.tags], written)
        return AddRunTagsResponse(run=run_message(record._replace(spec=written)))

    locks = frozenset({run_lock(request.run_id)})
    return await store.write(once("add_run_tags", request, AddRunTagsResponse, act, locks))


def _check(request: AddRunTagsRequest) -> None:
    if len(request.tags) > _MOST_TAGS:
        raise wrong("tags", f"has {len(request.tags)} tags, at most {_MOST_TAGS} are added at once")
    for index, tag in enumerate(request.tags):
        if not 0 < len(tag.key) <= _LONGEST or len(tag.value) > _LONGEST:
            raise wrong(f"tags[{index}]", f"must have a key, and at most {_LONGEST} characters in key and value")
        if tag.key.startswith(_OURS):
            raise wrong(f"tags[{index}]", f"begins with {_OURS}: such tags say how a run came about, and stay")

"""Tags that a run gets after it was made."""

from __future__ import annotations

import asyncio

import pytest

from headrace.api.storage.v1.run_store_service_pb2 import AddRunTagsRequest, ListRunsRequest, RunFilter
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import InvalidArgumentError, RunNotFoundError
from rig.storage import SUCCEEDED, StorageClient, new_id, refused


async def add(storage: StorageClient, run_id: str, **tags: str) -> Run:
    request = AddRunTagsRequest(
        request_id=new_id(), run_id=run_id, tags=[Tag(key=key, value=value) for key, value in tags.items()]
    )
    return (await storage.runs.AddRunTags(request)).run


def tags_of(run: Run) -> dict[str, str]:
    return {tag.key: tag.value for tag in run.tags}


async def test_a_run_is_found_by_the_tags_it_was_given_later(storage: StorageClient) -> None:
    claim = await storage.start_run(tags=[Tag(key="team", value="blue"), Tag(key="kept", value="1")])
    assert tags_of(await add(storage, claim.run_id, team="red", rows="7")) == {"team": "red", "kept": "1", "rows": "7"}
    await storage.finish(claim, SUCCEEDED)
    await add(storage, claim.run_id, late="yes")
    run = await storage.get_run(claim.run_id)
    assert tags_of(run) == {"team": "red", "kept": "1", "rows": "7", "late": "yes"}
    for wanted, count in (("team=red", 1), ("team=blue", 0), ("late", 1)):
        assert len((await storage.runs.ListRuns(ListRunsRequest(filter=RunFilter(tags=[wanted])))).runs) == count


async def test_tags_that_are_added_at_once_are_all_there(storage: StorageClient) -> None:
    run = await storage.create_run()
    await asyncio.gather(*(add(storage, run.run_id, **{f"t{number}": "x"}) for number in range(8)))
    assert set(tags_of(await storage.get_run(run.run_id))) >= {f"t{number}" for number in range(8)}


@pytest.mark.parametrize("tag", [Tag(key="", value="x"), Tag(key="headrace/partition", value="x"), Tag(key="k" * 2000)])
async def test_tags_that_say_how_a_run_came_about_stay_and_bad_ones_are_refused(
    storage: StorageClient, tag: Tag
) -> None:
    run = await storage.create_run()
    with refused(InvalidArgumentError):
        await storage.runs.AddRunTags(AddRunTagsRequest(request_id=new_id(), run_id=run.run_id, tags=[tag]))
    with refused(RunNotFoundError):
        await add(storage, new_id(), team="red")

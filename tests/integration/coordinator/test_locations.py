"""The registry over real servers: what loads, what breaks, and that neighbours do not notice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    GetDefinitionsRequest,
    ListLocationsRequest,
    ReloadLocationRequest,
    WatchLocationsRequest,
    WatchLocationsResponse,
)
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.location_pb2 import (
    LOCATION_STATE_FAILED,
    LOCATION_STATE_LOADED,
    LOCATION_STATE_UNREACHABLE,
)
from headrace.rpc.status import from_rpc_error
from rig.control_plane import ControlPlane, StartControlPlane
from rig.ports import free_port
from rig.scripted_location import ScriptedLocation, digest_of
from rig.waiting import PATIENCE, wait_until_async

Serve = Callable[..., Awaitable[ScriptedLocation]]


def jobs(*names: str) -> list[Definition]:
    return [Definition(job=JobDefinition(name=name)) for name in names]


@pytest.fixture
async def plane(start_control_plane: StartControlPlane) -> ControlPlane:
    return await start_control_plane("storage", "coordinator")


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    served: list[ScriptedLocation] = []

    async def start(*names: str, **options: Any) -> ScriptedLocation:
        served.append(ScriptedLocation(jobs(*names), **options))
        await served[-1].serve()
        return served[-1]

    yield start
    for location in served:
        await location.close()


async def definitions(plane: ControlPlane, name: str) -> list[Definition]:
    stream = plane.coordinator.GetDefinitions(GetDefinitionsRequest(location_name=name))
    return [definition async for answer in stream for definition in answer.part.batch.definitions]


async def has_jobs(plane: ControlPlane, name: str, *wanted: str) -> None:
    async def look() -> bool:
        return [each.job.name for each in await definitions(plane, name)] == list(wanted)

    await wait_until_async(look, what=f"{name} having {wanted}")


@pytest.mark.parametrize("features", [("watch", "reload"), ()])
async def test_changed_definitions_are_taken_over(
    plane: ControlPlane, serve: Serve, features: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headrace_services.coordinator.locations.follower.POLL_SECONDS", 0.05)
    location = await serve("first", features=features)
    loaded = await plane.add_location("a", location.address)
    assert (loaded.definition_count, loaded.definitions_digest) == (1, digest_of(location.definitions))
    location.change(jobs("first", "second"))
    await has_jobs(plane, "a", "first", "second")


@pytest.mark.proves("P12", fault="F16", of="location")
async def test_a_version_that_does_not_load_leaves_the_old_one_in_use(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    await plane.add_location("a", location.address)
    location.change(failure=Failure(type="SyntaxError", message="invalid syntax", file="jobs.py", line=7))
    failed = await plane.location_in("a", LOCATION_STATE_FAILED)
    assert (failed.failure.file, failed.failure.line) == ("jobs.py", 7)
    await has_jobs(plane, "a", "first")
    assert (await plane.submit(job_name="first")).location_name == "a"


@pytest.mark.proves("P12", fault="F16", of="location")
async def test_definitions_whose_digest_is_wrong_are_not_taken_over(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    await plane.add_location("a", location.address)
    location.trailer_digest = "0" * 64
    location.change(jobs("second"))
    failed = await plane.location_in("a", LOCATION_STATE_FAILED)
    assert failed.failure.type == "DEFINITIONS_BROKEN"
    await has_jobs(plane, "a", "first")
    location.trailer_digest = None
    location.change()
    await has_jobs(plane, "a", "second")


@pytest.mark.proves("P12", fault="F16", of="location")
async def test_a_location_that_cannot_be_reached_says_so_and_disturbs_nobody(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    plane.app.addresses.set("away", f"127.0.0.1:{free_port()}")
    await plane.add_location("here", location.address)
    away = await plane.location_in("away", LOCATION_STATE_UNREACHABLE)
    assert "nothing answers at 127.0.0.1" in away.failure.message


async def test_what_is_no_code_location_is_called_so(plane: ControlPlane) -> None:
    server = grpc.aio.server()
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    plane.app.addresses.set("odd", address)
    odd = await plane.location_in("odd", LOCATION_STATE_FAILED)
    assert "is no code location" in odd.failure.message
    await server.stop(0)


async def test_an_unreadable_address_is_told(plane: ControlPlane) -> None:
    plane.app.addresses.set("odd", "not an address")
    assert (await plane.location_in("odd", LOCATION_STATE_FAILED)).failure.type == "ADDRESS_INVALID"


async def test_a_location_is_found_again_where_it_comes_up_next(plane: ControlPlane, serve: Serve) -> None:
    first, second = await serve("first"), await serve("second")
    await plane.add_location("a", first.address)
    await first.close()
    plane.app.addresses.set("a", second.address)
    await has_jobs(plane, "a", "second")
    assert (await plane.location("a")).address == second.address


async def test_a_location_that_comes_back_is_loaded_again(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    await plane.add_location("a", location.address)
    await location.close()
    await plane.location_in("a", LOCATION_STATE_UNREACHABLE)
    await has_jobs(plane, "a", "first")
    await location.serve(location.address)
    await plane.location_in("a", LOCATION_STATE_LOADED)


async def test_a_connection_that_ends_for_its_age_is_no_news(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    await plane.add_location("a", location.address)
    stream = plane.coordinator.WatchLocations(WatchLocationsRequest())
    await stream.read()
    location.end_watches()
    location.change(jobs("first", "second"))
    news: WatchLocationsResponse = await asyncio.wait_for(stream.read(), PATIENCE)
    assert [(each.state, each.definition_count) for each in news.locations] == [(LOCATION_STATE_LOADED, 2)]
    stream.cancel()


async def test_watchers_are_sent_all_locations_and_then_changes(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    await plane.add_location("a", location.address)
    stream = plane.coordinator.WatchLocations(WatchLocationsRequest())
    first: WatchLocationsResponse = await stream.read()
    assert [each.name for each in first.locations] == ["a"]
    assert first.caught_up
    location.change(jobs("first", "second"))
    second: WatchLocationsResponse = await asyncio.wait_for(stream.read(), PATIENCE)
    assert [each.definition_count for each in second.locations] == [2]
    stream.cancel()
    resumed = plane.coordinator.WatchLocations(WatchLocationsRequest(cursor=first.cursor))
    again: WatchLocationsResponse = await resumed.read()
    assert [each.definition_count for each in again.locations] == [2]
    resumed.cancel()


async def test_reload_answers_with_what_came_of_it(plane: ControlPlane, serve: Serve) -> None:
    location = await serve("first")
    await plane.add_location("a", location.address)
    location.definitions = jobs("second")
    request = ReloadLocationRequest(request_id=plane.ids.uuid7(), location_name="a")
    assert (await plane.coordinator.ReloadLocation(request)).location.definitions_digest == digest_of(jobs("second"))
    location.failure = Failure(message="broken")
    assert (await plane.coordinator.ReloadLocation(request)).location.failure.message == "broken"
    await location.close()
    with pytest.raises(grpc.RpcError) as caught:
        await plane.coordinator.ReloadLocation(request, timeout=2)
    assert from_rpc_error(caught.value).reason == "LOCATION_UNREACHABLE"


async def test_locations_are_listed_by_name_in_pages(plane: ControlPlane) -> None:
    for name in ("c", "a", "b"):
        plane.app.addresses.set(name, "")
    first = await plane.coordinator.ListLocations(ListLocationsRequest(page_size=2))
    assert [location.name for location in first.locations] == ["a", "b"]
    rest = await plane.coordinator.ListLocations(ListLocationsRequest(page_token=first.next_page_token))
    assert [location.name for location in rest.locations] == ["c"]
    assert not rest.next_page_token

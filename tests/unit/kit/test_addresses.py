from __future__ import annotations

from pathlib import Path

from headrace.workspace import GrpcOrigin, Location, PythonOrigin, Workspace
from headrace_services.kit.addresses import LocationAddresses


def test_addresses_start_from_the_workspace_and_change_as_processes_come_up() -> None:
    here = PythonOrigin("module", "jobs", "", Path("/code"))
    workspace = Workspace((Location("there", GrpcOrigin("host:1")), Location("here", here)))
    addresses = LocationAddresses.of(workspace)
    assert addresses.current() == {"there": "host:1", "here": ""}
    told: list[tuple[str, str]] = []
    addresses.subscribe(lambda name, address: told.append((name, address)))
    addresses.set("here", "host:2")
    addresses.set("here", "host:2")
    addresses.set("new", "host:3")
    assert told == [("here", "host:2"), ("new", "host:3")]
    addresses.set("here", "", "it ended")
    assert (told[-1], addresses.absence("here"), addresses.absence("there")) == (("here", ""), "it ended", "")
    addresses.set("here", "host:2")
    assert not addresses.absence("here")
    assert LocationAddresses.of(None).current() == {}

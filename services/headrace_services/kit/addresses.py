"""Where code locations can be reached now: known from the start, or told when a process has come up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from headrace.workspace import GrpcOrigin, Workspace

Listener = Callable[[str, str], None]


class LocationAddresses:
    """Names of code locations and their addresses; an empty address means that the location is not up yet."""

    def __init__(self, addresses: Mapping[str, str] | None = None) -> None:
        self._addresses = dict(addresses or {})
        self._absences: dict[str, str] = {}
        self._listeners: list[Listener] = []

    @classmethod
    def of(cls, workspace: Workspace | None) -> LocationAddresses:
        """Returns the addresses that a workspace names itself; locations that somebody has yet to start have none."""
        locations = workspace.locations if workspace else ()
        return cls(
            {each.name: each.origin.address if isinstance(each.origin, GrpcOrigin) else "" for each in locations}
        )

    def current(self) -> dict[str, str]:
        """Returns all names and addresses as they are now."""
        return dict(self._addresses)

    def absence(self, name: str) -> str:
        """Returns why a location is nowhere, where that is known; otherwise it is on its way."""
        return self._absences.get(name, "")

    def set(self, name: str, address: str, absence: str = "") -> None:
        """Says where a location, new or known, can be reached from now on; or, with an empty address, why nowhere."""
        if self._addresses.get(name) == address and self.absence(name) == absence:
            return
        self._addresses[name] = address
        self._absences[name] = absence
        for listener in self._listeners:
            listener(name, address)

    def subscribe(self, listener: Listener) -> None:
        """Has `listener(name, address)` called whenever an address changes."""
        self._listeners.append(listener)

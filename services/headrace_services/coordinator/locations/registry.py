"""All code locations, and who wants to know when one of them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from headrace.errors import LocationNotFoundError
from headrace.suggestions import did_you_mean
from headrace_services.coordinator.locations.entry import Entry
from headrace_services.kit.wake import Wake


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since a cursor.

    Attributes:
        entries: Locations that are new or changed, by name.
        removed: Names of locations that are gone.
        cursor: Says where to go on.
    """

    entries: tuple[Entry, ...]
    removed: tuple[str, ...]
    cursor: str


class LocationRegistry:
    """The entries of one process; every replica of the coordinator keeps its own."""

    def __init__(self, incarnation: str) -> None:
        # A cursor of another process means nothing here: its holder is sent everything.
        self._incarnation = incarnation
        self._revision = 0
        self._entries: dict[str, Entry] = {}
        self._removed: dict[str, int] = {}
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Has `listener` called on every change."""
        self._listeners.append(listener)

    @contextmanager
    def watched(self) -> Iterator[Wake]:
        """Lets its block sleep until something changes."""
        wake = Wake()
        self._listeners.append(wake.set)
        try:
            yield wake
        finally:
            self._listeners.remove(wake.set)

    def entries(self) -> list[Entry]:
        """Returns all entries, by name."""
        return [self._entries[name] for name in sorted(self._entries)]

    def get(self, name: str) -> Entry:
        """Returns the entry of a location.

        Raises:
            LocationNotFoundError: there is none of that name.
        """
        try:
            return self._entries[name]
        except KeyError:
            raise LocationNotFoundError(
                f"there is no code location {name!r}{did_you_mean(name, self._entries)}", metadata={"location": name}
            ) from None

    def add(self, name: str, address: str) -> Entry:
        """Returns the entry of a location, a new one if there was none."""
        if name not in self._entries:
            self._entries[name] = Entry(name, address)
            self._removed.pop(name, None)
            self.changed(self._entries[name])
        return self._entries[name]

    def remove(self, name: str) -> None:
        """Forgets a location."""
        if self._entries.pop(name, None) is not None:
            self._revision += 1
            self._removed[name] = self._revision
            self._wake()

    def obstacle(self, name: str) -> str:
        """Says why a location cannot run anything now; empty if it can."""
        entry = self._entries.get(name)
        return "is not in the workspace" if entry is None else entry.obstacle()

    def address(self, name: str) -> str:
        """Returns where a location is; empty if nobody knows."""
        entry = self._entries.get(name)
        return entry.address if entry else ""

    def changed(self, entry: Entry) -> None:
        """Says that an entry is not what it was."""
        self._revision += 1
        entry.revision = self._revision
        self._wake()

    def changes_since(self, cursor: str) -> Changes:
        """Returns what happened since a cursor; everything if it is empty or of another process."""
        seen = self._seen(cursor)
        return Changes(
            tuple(entry for entry in self.entries() if entry.revision > seen),
            tuple(sorted(name for name, revision in self._removed.items() if revision > seen > 0)),
            f"{self._incarnation}:{self._revision}",
        )

    def _seen(self, cursor: str) -> int:
        incarnation, _, revision = cursor.partition(":")
        return int(revision) if incarnation == self._incarnation and revision.isdecimal() else 0

    def _wake(self) -> None:
        for listener in list(self._listeners):
            listener()

"""One code location as the registry sees it."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.api.codeloc.v1.code_location_service_pb2 import ServerInfo
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, Failure
from headrace.api.types.v1.launch_pb2 import LaunchSpec
from headrace.api.types.v1.location_pb2 import (
    LOCATION_STATE_FAILED,
    LOCATION_STATE_LOADED,
    LOCATION_STATE_LOADING,
    LOCATION_STATE_UNREACHABLE,
    Location,
    LocationState,
)
from headrace_services.coordinator.locations.snapshot import Snapshot


@dataclass
class Entry:
    """A location: where it is, how it is, and what it defines.

    Attributes:
        name: Unique in the deployment.
        address: Where its server is; empty until it has come up.
        state: Where it stands.
        failure: Why it is not as it should be.
        info: What its server said last.
        snapshot: The definitions last loaded; they stay in use whatever happens to the location.
        revision: The registry's number of its last change.
    """

    name: str
    address: str
    state: LocationState.ValueType = LOCATION_STATE_LOADING
    failure: Failure | None = None
    info: ServerInfo | None = None
    snapshot: Snapshot | None = None
    revision: int = 0

    @property
    def features(self) -> frozenset[str]:
        """What its server can do beyond the required methods."""
        return frozenset(self.info.features) if self.info else frozenset()

    @property
    def launch_spec(self) -> LaunchSpec | None:
        """How workers with its code are started elsewhere, as far as it says."""
        return self.info.launch_spec if self.info and self.info.HasField("launch_spec") else None

    @property
    def is_pending(self) -> bool:
        """Whether nobody can tell yet what it defines."""
        return self.snapshot is None and self.state in (LOCATION_STATE_LOADING, LOCATION_STATE_UNREACHABLE)

    @property
    def is_new(self) -> bool:
        """Whether it is somewhere, and was not heard of yet."""
        return bool(self.address) and self.info is None and self.state == LOCATION_STATE_LOADING

    def obstacle(self) -> str:
        """Says why it cannot run anything now; empty if it can."""
        if not self.address:
            return f"is not up: {self.problem()}" if self.failure else "is not up yet"
        if self.state == LOCATION_STATE_UNREACHABLE:
            return "cannot be reached"
        if self.snapshot is None:
            return f"has not loaded: {self.problem()}" if self.failure else "has not loaded yet"
        return ""

    def problem(self) -> str:
        """Says what went wrong, and in which line of the user's code; empty if nothing did."""
        failure = self.failure
        if failure is None:
            return ""
        place = f" ({failure.file}:{failure.line})" if failure.line else ""
        return f"{failure.type}: {failure.message}{place}"

    def take(self, info: ServerInfo, snapshot: Snapshot | None) -> None:
        """Takes over what its server says, and the definitions that belong to it."""
        self.info = info
        self.snapshot = snapshot or self.snapshot
        self.failure = info.failure if info.HasField("failure") else None
        # A newer server may know states that this one does not.
        known = (LOCATION_STATE_LOADED, LOCATION_STATE_FAILED)
        self.state = info.state if info.state in known else LOCATION_STATE_LOADING

    def broken(self, message: str, kind: str) -> None:
        """Says that its definitions cannot be taken over."""
        self.state = LOCATION_STATE_FAILED
        self.failure = Failure(type=kind, message=message, origin=FAILURE_ORIGIN_SYSTEM)

    def unreachable(self, message: str) -> None:
        """Says that nothing answers at its address."""
        self.state = LOCATION_STATE_UNREACHABLE
        self.failure = Failure(type="LOCATION_UNREACHABLE", message=message, origin=FAILURE_ORIGIN_SYSTEM)

    def absent(self, message: str) -> None:
        """Says why it is nowhere."""
        if self.snapshot is None:
            self.broken(message, "LOCATION_NOT_STARTED")
        else:
            self.unreachable(message)

    def location(self) -> Location:
        """Returns it as the contract has it."""
        location = Location(name=self.name, state=self.state, address=self.address)
        if self.failure is not None:
            location.failure.CopyFrom(self.failure)
        if self.snapshot is not None:
            location.definitions_digest = self.snapshot.digest
            location.definition_count = self.snapshot.count
        if self.info is not None:
            _describe(location, self.info)
        return location


def _describe(location: Location, info: ServerInfo) -> None:
    location.features.extend(info.features)
    location.runtime = info.runtime
    location.start_method = info.start_method
    location.start_method_reason = info.start_method_reason
    if info.HasField("load_time"):
        location.load_time.CopyFrom(info.load_time)
    if info.HasField("load_duration"):
        location.load_duration.CopyFrom(info.load_duration)

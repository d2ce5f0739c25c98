"""States of runs as messages have them."""

from __future__ import annotations

from headrace.api.types.v1.run_pb2 import RunState as WireState
from headrace_services.coordinator.runs.transitions import RunState


def wire_state(state: RunState | None) -> WireState.ValueType:
    """Returns a state as the contract writes it."""
    return WireState.ValueType(state.value if state else 0)

"""The runs that a schedule or sensor asks for."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.api.types.v1 import instigator_pb2 as pb
from headrace.definitions.automation.run_request import RunRequest
from headrace.errors import InvariantViolationError
from headrace.wire.automation import to_run_request

MOST_REQUESTS = 1_000


def checked_requests(requests: Sequence[RunRequest]) -> list[pb.RunRequest]:
    """Writes the runs that are asked for.

    Raises:
        InvariantViolationError: they are too many for one answer.
    """
    if len(requests) > MOST_REQUESTS:
        raise InvariantViolationError(
            f"{len(requests)} runs were asked for at once; at most {MOST_REQUESTS} are allowed. "
            "A sensor can ask for the rest at its next evaluation: remember in the cursor where it stopped."
        )
    return [to_run_request(request) for request in requests]

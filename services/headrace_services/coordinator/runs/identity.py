"""Ids of what requests make: the same ones whenever a request is repeated. Pure: no I/O."""

from __future__ import annotations

import uuid

from headrace.api.types.v1.run_pb2 import Run


def run_id_of(request_id: str, run: Run) -> str:
    """Returns the id of the run that a request asks for: the same one whenever the request is repeated."""
    return run.run_id or uuid_of(request_id)


def uuid_of(request_id: str) -> str:
    """Returns the id of what a request makes: the same one whenever the request is repeated."""
    try:
        return str(uuid.UUID(request_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, request_id))

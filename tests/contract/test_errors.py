"""Errors cross the wire as what they are: one table, walked both ways."""

from __future__ import annotations

import inspect
from typing import Any

import grpc
import grpc.aio
import pytest

from headrace import errors
from headrace.errors import HeadraceError
from headrace.rpc.status import DETAILS_KEY, error_table, from_rpc_error, to_status

# PROTOS: what a service may answer with; the contract of callers in every language.
PUBLIC_REASONS = {
    ("INVALID_ARGUMENT", "BAD_FIELD"),
    ("INVALID_ARGUMENT", "REQUEST_ID_REUSED"),
    ("INVALID_ARGUMENT", "CURSOR_MISMATCH"),
    ("INVALID_ARGUMENT", "DEFINITION_INVALID"),
    ("NOT_FOUND", "RUN_NOT_FOUND"),
    ("NOT_FOUND", "LOCATION_NOT_FOUND"),
    ("NOT_FOUND", "TARGET_NOT_FOUND"),
    ("ALREADY_EXISTS", "RUN_ID_TAKEN"),
    ("FAILED_PRECONDITION", "RUN_FINISHED"),
    ("FAILED_PRECONDITION", "LEASE_LOST"),
    ("FAILED_PRECONDITION", "LOCATION_NOT_LOADED"),
    ("FAILED_PRECONDITION", "PAUSED"),
    ("ABORTED", "ETAG_STALE"),
    ("ABORTED", "SERIALIZATION_FAILURE"),
    ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE"),
    ("RESOURCE_EXHAUSTED", "QUEUE_FULL"),
    ("RESOURCE_EXHAUSTED", "RATE_LIMITED"),
    ("OUT_OF_RANGE", "CURSOR_EXPIRED"),
    ("UNAVAILABLE", "DRAINING"),
    ("UNAVAILABLE", "STORAGE_DOWN"),
    ("UNAVAILABLE", "LOCATION_UNREACHABLE"),
    ("INTERNAL", "BUG"),
}


def all_classes() -> list[type[HeadraceError]]:
    return [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, HeadraceError)]


def across(error: HeadraceError) -> HeadraceError:
    code, message, trailing = to_status(error)
    empty = grpc.aio.Metadata()
    return from_rpc_error(grpc.aio.AioRpcError(code, empty, grpc.aio.Metadata(*trailing), message, None))


@pytest.mark.parametrize(("pair", "found"), error_table().items(), ids=lambda each: str(each))
def test_every_reason_comes_back_as_its_class(pair: tuple[str, str], found: type[HeadraceError]) -> None:
    received = across(found("what happened", metadata={"run_id": "7"}))
    assert type(received) is found
    assert (received.code, received.reason) == pair
    assert received.metadata == {"run_id": "7"}
    assert "what happened" in str(received)


@pytest.mark.parametrize("declared", all_classes(), ids=lambda each: each.__name__)
def test_every_class_has_its_place_in_the_table(declared: type[HeadraceError]) -> None:
    registered = error_table()[declared.code, declared.reason]
    assert issubclass(declared, registered)
    if "reason" in vars(declared):
        assert registered is declared, f"{declared.__name__} and {registered.__name__} share a reason"


def test_every_code_is_one_of_grpc() -> None:
    assert {code for code, _ in error_table()} <= set(grpc.StatusCode.__members__)


def test_the_table_has_every_reason_of_the_contract() -> None:
    assert error_table().keys() >= PUBLIC_REASONS


def test_details_of_an_error_survive() -> None:
    bad = across(errors.InvalidArgumentError(violations={"run_id": "must be a UUID"}))
    assert isinstance(bad, errors.InvalidArgumentError)
    assert bad.violations == {"run_id": "must be a UUID"}
    assert str(bad) == "run_id: must be a UUID"
    limited = across(errors.RateLimitedError(retry_after=0.25))
    assert isinstance(limited, errors.RateLimitedError)
    assert limited.retry_after == 0.25


def test_a_reason_of_a_newer_server_keeps_its_code_and_its_reason() -> None:
    error = errors.NotFoundError("no such thing")
    error.reason = "THING_NOT_FOUND"
    received = across(error)
    assert type(received) is errors.NotFoundError
    assert received.reason == "THING_NOT_FOUND"


@pytest.mark.parametrize(
    ("code", "details", "expected"),
    [
        (grpc.StatusCode.UNAVAILABLE, "connection refused", errors.NotAnsweringError),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded", errors.DeadlineExceededError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Received message larger than max", errors.MessageTooLargeError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Concurrent RPC limit exceeded!", errors.ResourceExhaustedError),
        (grpc.StatusCode.UNIMPLEMENTED, "Method not found!", errors.UnimplementedError),
        (grpc.StatusCode.UNKNOWN, "from another server", errors.ServiceError),
        (grpc.StatusCode.DATA_LOSS, "from another server", errors.ServiceError),
    ],
)
def test_an_error_without_details_is_told_by_its_code(code: Any, details: str, expected: type) -> None:
    empty = grpc.aio.Metadata()
    received = from_rpc_error(grpc.aio.AioRpcError(code, empty, empty, details, None), target="127.0.0.1:4270")
    assert type(received) is expected
    assert received.code == code.name


def test_who_cannot_be_reached_is_named() -> None:
    empty = grpc.aio.Metadata()
    error = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, empty, empty, "connection refused", None)
    assert str(from_rpc_error(error, "127.0.0.1:4270")) == "nothing answers at 127.0.0.1:4270: connection refused"


@pytest.mark.parametrize(
    ("address", "told"),
    [("ipv4:127.0.0.1:4271", "127.0.0.1:4271"), ("ipv6:%5B::1%5D:4271", "[::1]:4271"), ("unix:/run/a", "/run/a")],
)
def test_who_cannot_be_reached_is_read_from_what_the_transport_says(address: str, told: str) -> None:
    empty = grpc.aio.Metadata()
    details = (
        f"failed to connect to all addresses; last error: UNKNOWN: {address}: "
        "Failed to connect to remote host: Connection refused"
    )
    error = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, empty, empty, details, None)
    assert str(from_rpc_error(error)) == f"nothing answers at {told}: Connection refused"


def test_callers_further_away_see_that_it_was_not_they_who_reached_nobody() -> None:
    received = across(errors.NotAnsweringError("nothing answers at 127.0.0.1:4271"))
    assert type(received) is errors.UnavailableError


def test_an_error_fits_the_headers_of_every_peer() -> None:
    huge = errors.InvalidArgumentError(
        "Ж" * 100_000, violations={"field": "x" * 50_000}, metadata={str(n): "ü" * 1000 for n in range(100)}
    )
    _, message, trailing = to_status(huge)
    on_the_wire = len(message.encode()) * 3 + sum(len(value) * 4 // 3 for key, value in trailing if key == DETAILS_KEY)
    assert on_the_wire < 7_000
    assert across(huge).metadata["0"]

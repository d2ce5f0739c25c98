from __future__ import annotations

import logging

import grpc
import grpc.aio
import pytest

from headrace.errors import StorageDownError
from headrace_services.kit.problems import log_problem


@pytest.mark.parametrize(
    ("error", "traced"),
    [
        (grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), "away"), False),
        (StorageDownError("away"), False),
        (KeyError("away"), True),
    ],
)
def test_a_service_that_is_away_is_said_in_one_line_and_a_bug_with_its_trace(
    error: Exception, traced: bool, caplog: pytest.LogCaptureFixture
) -> None:
    log_problem(logging.getLogger("test"), "it failed", error, task="a")
    (record,) = caplog.records
    assert bool(record.exc_info) is traced
    assert "away" in record.__dict__["problem"]
    assert record.__dict__["task"] == "a"

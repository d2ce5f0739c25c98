"""Saying what went wrong in work that nobody waits for."""

from __future__ import annotations

import logging

import grpc

from headrace.errors import DeadlineExceededError, UnavailableError
from headrace.rpc.status import from_rpc_error


def told(error: BaseException) -> str:
    """Returns what an error says, in one line."""
    said = from_rpc_error(error) if isinstance(error, grpc.RpcError) else error
    return str(said) or type(said).__name__


def log_problem(logger: logging.Logger, message: str, error: BaseException, **details: object) -> None:
    """Logs an error with its trace, or in one line where a service is away or too slow: it is tried again, and would be said again."""
    said = from_rpc_error(error) if isinstance(error, grpc.RpcError) else error
    trace = (
        None
        if isinstance(said, (UnavailableError, DeadlineExceededError))
        else (type(error), error, error.__traceback__)
    )
    logger.error(message, exc_info=trace, extra={**details, "problem": str(said)})

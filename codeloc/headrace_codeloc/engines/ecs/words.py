"""What AWS says when something goes wrong, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from headrace.errors import HeadraceError
from headrace.integrations.endings import plain
from headrace_codeloc.engines.base import EngineUnavailableError, HopelessWorkloadError

_LATER = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ServerException",
        "ServiceUnavailable",
        "InternalFailure",
        "ServiceUnavailableException",
        "LimitExceededException",
    }
)
_LOGIN = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "ExpiredTokenException",
        "ExpiredToken",
    }
)
_NOT_ALLOWED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
# Reasons of `run_task` that pass when others end.
_NO_ROOM = ("RESOURCE:", "Capacity is unavailable", "AGENT")


def unavailable(error: Exception, doing: str) -> EngineUnavailableError:
    """Returns what it means that something cannot be done now."""
    if isinstance(error, EngineUnavailableError):
        return error
    return EngineUnavailableError(_sentence(error, doing))


def start_error(error: Exception, doing: str) -> HeadraceError:
    """Returns what it means that a task was refused."""
    if isinstance(error, HeadraceError):
        return error
    if isinstance(error, (NoCredentialsError, NoRegionError)):
        return HopelessWorkloadError(_sentence(error, doing))
    if isinstance(error, ClientError) and _code(error) not in _LATER:
        return HopelessWorkloadError(_sentence(error, doing))
    if isinstance(error, BotoCoreError) and not isinstance(error, (NoConnection, HTTPClientError)):
        return HopelessWorkloadError(_sentence(error, doing))
    return EngineUnavailableError(_sentence(error, doing))


def refusal(failures: Sequence[Mapping[str, Any]], cluster: str) -> HeadraceError:
    """Returns what it means that `run_task` started nothing."""
    said = (
        "; ".join(": ".join(str(each[key]) for key in ("reason", "detail") if each.get(key)) for each in failures)
        or "no reason was given"
    )
    message = f"ECS has not started the task in cluster {cluster}: {said}"
    if any(word in said for word in _NO_ROOM):
        return EngineUnavailableError(f"{message}; there may be room later, or add capacity")
    return HopelessWorkloadError(message)


def is_missing(error: Exception) -> bool:
    """Tells whether something is not there."""
    if not isinstance(error, ClientError):
        return False
    said = str(error).lower()
    return _code(error) in ("ClientException", "InvalidParameterException") and (
        "not found" in said or "unable to describe" in said or "unable to find" in said
    )


def _sentence(error: Exception, doing: str) -> str:
    if isinstance(error, NoCredentialsError):
        return f"ECS could not {doing}: no AWS credentials are here; give the launcher a role, or set AWS_ACCESS_KEY_ID"
    if isinstance(error, NoRegionError):
        return f"ECS could not {doing}: no region is named; set region_name, or AWS_REGION"
    if isinstance(error, ClientError):
        code, said = _code(error), plain(error.response["Error"].get("Message"))
        message = f"ECS could not {doing}: {code}: {said}"
        if code in _LOGIN:
            return f"{message}; the credentials are wrong or have expired"
        if code in _NOT_ALLOWED:
            return f"{message}; let the role of this process do so"
        if code == "ClusterNotFoundException":
            return f"{message}; make it, or correct run_task_kwargs.cluster"
        return message
    return f"ECS could not {doing}: {plain(error)}"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))

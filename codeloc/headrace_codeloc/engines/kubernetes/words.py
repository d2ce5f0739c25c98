"""What Kubernetes says when something goes wrong, as errors that say what to do."""

from __future__ import annotations

import urllib3

from headrace.errors import HeadraceError
from headrace_codeloc.engines.base import EngineUnavailableError, HopelessWorkloadError
from headrace_codeloc.engines.kubernetes.client import ApiError

CONFLICT, NOT_FOUND, GONE = 409, 404, 410
_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 401, 403, 429
_QUOTA = "exceeded quota"


def unavailable(error: Exception, where: str, doing: str) -> EngineUnavailableError:
    """Returns what it means that something cannot be done now."""
    if isinstance(error, EngineUnavailableError):
        return error
    if isinstance(error, ApiError):
        return EngineUnavailableError(f"Kubernetes could not {doing}: {_said(error, where)}")
    if isinstance(error, (urllib3.exceptions.HTTPError, OSError)):
        return EngineUnavailableError(
            f"Kubernetes does not answer at {where} ({_root(error)}): see that it is up, and that kubeconfig_file or "
            "KUBECONFIG name the right one"
        )
    return EngineUnavailableError(f"Kubernetes could not {doing}: {type(error).__name__}: {error}")


def start_error(error: Exception, where: str, namespace: str) -> HeadraceError:
    """Returns what it means that a workload was refused."""
    if isinstance(error, HopelessWorkloadError):
        return error
    if not isinstance(error, ApiError) or error.code == _TOO_MANY or error.code >= 500:
        return unavailable(error, where, f"start a Job in namespace {namespace}")
    if error.code == _FORBIDDEN and _QUOTA in error.said:
        return EngineUnavailableError(f"namespace {namespace} has no room for another Job: {error.said}")
    return HopelessWorkloadError(f"Kubernetes refused a Job in namespace {namespace}: {_said(error, where)}")


def _said(error: ApiError, where: str) -> str:
    if error.code == _UNAUTHORIZED:
        return f"{error.said}: the credentials for {where} are wrong or have expired; renew them in the kubeconfig"
    if error.code == _FORBIDDEN:
        return f"{error.said}; let the role of this service account do so (docs/kubernetes.md has one that may)"
    if error.code == NOT_FOUND:
        return f"{error.said}; make it, or correct job_namespace"
    return error.said


def _root(error: Exception) -> str:
    # The client wraps the cause several times.
    cause: BaseException = error
    while (deeper := getattr(cause, "reason", None)) is not None and isinstance(deeper, BaseException):
        cause = deeper
    return f"{type(cause).__name__}: {cause}"

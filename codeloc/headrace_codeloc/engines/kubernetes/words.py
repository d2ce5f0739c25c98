"""What Kubernetes says when something goes wrong, as errors that say what to do."""

from __future__ import annotations

import urllib3

from headrace.errors import HeadraceError
from headrace.integrations.k8s.api import ApiError
from headrace.integrations.k8s.words import no_answer, said
from headrace_codeloc.engines.base import EngineUnavailableError, HopelessWorkloadError

_FORBIDDEN, _TOO_MANY = 403, 429
_QUOTA = "exceeded quota"


def unavailable(error: Exception, where: str, doing: str) -> EngineUnavailableError:
    """Returns what it means that something cannot be done now."""
    if isinstance(error, EngineUnavailableError):
        return error
    if isinstance(error, ApiError):
        return EngineUnavailableError(f"Kubernetes could not {doing}: {said(error, where)}")
    if isinstance(error, (urllib3.exceptions.HTTPError, OSError)):
        return EngineUnavailableError(no_answer(error, where))
    return EngineUnavailableError(f"Kubernetes could not {doing}: {type(error).__name__}: {error}")


def start_error(error: Exception, where: str, namespace: str) -> HeadraceError:
    """Returns what it means that a workload was refused."""
    if isinstance(error, HopelessWorkloadError):
        return error
    if not isinstance(error, ApiError) or error.code == _TOO_MANY or error.code >= 500:
        return unavailable(error, where, f"start a Job in namespace {namespace}")
    if error.code == _FORBIDDEN and _QUOTA in error.said:
        return EngineUnavailableError(f"namespace {namespace} has no room for another Job: {error.said}")
    return HopelessWorkloadError(f"Kubernetes refused a Job in namespace {namespace}: {said(error, where)}")

"""What a cluster says when something goes wrong, with what to do about it."""

from __future__ import annotations

from headrace.integrations.k8s import objects
from headrace.integrations.k8s.api import ApiError

_UNAUTHORIZED, _FORBIDDEN = 401, 403


def said(error: ApiError, where: str) -> str:
    """Returns what the API has answered."""
    if error.code == _UNAUTHORIZED:
        return f"{error.said}: the credentials for {where} are wrong or have expired; renew them in the kubeconfig"
    if error.code == _FORBIDDEN:
        return f"{error.said}; let the role of this service account do so (docs/kubernetes.md has one that may)"
    if error.code == objects.NOT_FOUND:
        return f"{error.said}; make it, or correct job_namespace"
    return error.said


def no_answer(error: Exception, where: str) -> str:
    """Returns what it means that a cluster cannot be reached."""
    # The client wraps the cause several times.
    cause: BaseException = error
    while (deeper := getattr(cause, "reason", None)) is not None and isinstance(deeper, BaseException):
        cause = deeper
    return (
        f"Kubernetes does not answer at {where} ({type(cause).__name__}: {cause}): see that it is up, and that "
        "kubeconfig_file or KUBECONFIG name the right one"
    )

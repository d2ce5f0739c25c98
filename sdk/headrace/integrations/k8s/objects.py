"""The objects that workloads are made of, and where they are in the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.integrations.k8s.api import Api, ApiError

CONFLICT, NOT_FOUND, GONE = 409, 404, 410
_PAGE = 500


def jobs(namespace: str, name: str = "") -> str:
    """Returns the path of Jobs, or of one."""
    return f"/apis/batch/v1/namespaces/{namespace}/jobs{f'/{name}' if name else ''}"


def pods(namespace: str, name: str = "") -> str:
    """Returns the path of pods, or of one."""
    return f"/api/v1/namespaces/{namespace}/pods{f'/{name}' if name else ''}"


def secrets(namespace: str) -> str:
    """Returns the path of Secrets."""
    return f"/api/v1/namespaces/{namespace}/secrets"


def events(namespace: str) -> str:
    """Returns the path of events."""
    return f"/api/v1/namespaces/{namespace}/events"


def listed(api: Api, path: str, query: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Returns all objects that a query finds, and the version of the list."""
    found: list[dict[str, Any]] = []
    more = ""
    while True:
        page = api.call("GET", path, {**query, "limit": _PAGE, **({"continue": more} if more else {})})
        found += page["items"]
        metadata = page["metadata"]
        more = metadata.get("continue") or ""
        if not more:
            return found, str(metadata["resourceVersion"])


def found_or_none(api: Api, path: str) -> dict[str, Any] | None:
    """Returns an object; None when it is not there."""
    try:
        return api.call("GET", path)
    except ApiError as error:
        if error.code == NOT_FOUND:
            return None
        raise


def make(api: Api, path: str, thing: Mapping[str, Any]) -> bool:
    """Makes an object; tells whether there was none of its name."""
    try:
        api.call("POST", path, body=thing)
    except ApiError as error:
        if error.code == CONFLICT:
            return False
        raise
    return True


def delete(api: Api, path: str, *, propagation: str = "Background", at_once: bool = False) -> None:
    """Deletes an object; that it is gone already is no error."""
    body: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation}
    if at_once:
        body["gracePeriodSeconds"] = 0
    try:
        api.call("DELETE", path, body=body)
    except ApiError as error:
        if error.code != NOT_FOUND:
            raise


def failure(job: Mapping[str, Any]) -> str:
    """Returns why a Job failed, in the API's words; empty when it did not."""
    for each in (job.get("status") or {}).get("conditions") or ():
        if each.get("type") in ("Failed", "FailureTarget") and each.get("status") == "True":
            return ": ".join(str(each[key]) for key in ("reason", "message") if each.get(key)).rstrip(".")
    return ""


def is_over(job: Mapping[str, Any]) -> bool:
    """Tells whether a Job has ended."""
    conditions = (job.get("status") or {}).get("conditions") or ()
    return any(each.get("type") in ("Complete", "Failed") and each.get("status") == "True" for each in conditions)

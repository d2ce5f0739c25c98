"""What Docker says when something goes wrong, as errors that say what to do."""

from __future__ import annotations

import os

from docker.errors import APIError, DockerException, ImageNotFound
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import Timeout

from headrace.errors import HeadraceError
from headrace.integrations.endings import plain
from headrace_codeloc.engines.base import EngineUnavailableError, HopelessWorkloadError
from headrace_codeloc.engines.docker.settings import DockerSettings

_LOGIN = ("unauthorized", "authentication required", "incorrect username", "no basic auth", "401")
_NO_IMAGE = ("not found", "manifest unknown", "does not exist", "no such image", "invalid reference format")
_DENIED, _TOO_OFTEN = "denied", "toomanyrequests"
_UNREACHABLE = ("connection refused", "no such host", "i/o timeout", "timeout exceeded", "context canceled", "eof")


def engine_error(error: Exception, base_url: str | None, doing: str) -> HeadraceError:
    """Returns what an error of the client means for whoever wanted `doing`."""
    where = base_url or os.environ.get("DOCKER_HOST", "") or "unix:///var/run/docker.sock"
    if isinstance(error, APIError):
        said = _said(error)
        if error.is_client_error():
            return HopelessWorkloadError(f"Docker refused to {doing}: {said}")
        return EngineUnavailableError(f"Docker could not {doing}: {said}")
    cause = _cause(error)
    if isinstance(cause, PermissionError):
        return HopelessWorkloadError(
            f"this process may not use Docker at {where} ({cause}): let its user into the group that owns the socket, or say "
            "where else it is by base_url or DOCKER_HOST"
        )
    if isinstance(error, (NoConnection, Timeout)) or isinstance(cause, OSError):
        return EngineUnavailableError(
            f"Docker does not answer at {where} ({type(cause).__name__}: {cause}): start it there, or say where it is by "
            "base_url or DOCKER_HOST"
        )
    if isinstance(error, (DockerException, TypeError, ValueError)):
        # The client's own words: Docker has not heard of it.
        return HopelessWorkloadError(f"Docker's client cannot {doing}: {error}; correct container_kwargs or base_url")
    return EngineUnavailableError(f"Docker could not {doing}: {type(error).__name__}: {error}")


def start_error(error: Exception, settings: DockerSettings, image: str) -> HeadraceError:
    """Returns what it means that a container could not be made or started."""
    if isinstance(error, APIError):
        # Docker answers 500 where a command is not there or a device cannot be had: no repetition changes that.
        return HopelessWorkloadError(f"Docker did not start a container of {image}: {_said(error)}")
    return engine_error(error, settings.base_url, f"start a container of {image}")


def pull_error(error: Exception, settings: DockerSettings, image: str) -> HeadraceError:
    """Returns what it means that an image did not come."""
    if not isinstance(error, APIError):
        return engine_error(error, settings.base_url, f"pull {image}")
    said = _said(error)
    lower = said.lower()
    if any(word in lower for word in _LOGIN):
        who = f" as {settings.registry.username}" if settings.registry and settings.registry.username else ""
        remedy = "correct registry.username and registry.password" if who else "give registry.username and password"
        return HopelessWorkloadError(f"the registry refused to hand out {image}{who}: {said}; {remedy}")
    if _DENIED in lower:
        return HopelessWorkloadError(
            f"there is no image {image}, or it is not for everybody: {said}; correct its name, or registry.username and password"
        )
    if _TOO_OFTEN in lower:
        return EngineUnavailableError(
            f"the registry does not hand out {image} now: {said}; log in by registry.username and password for more, or have it "
            "on the engine before"
        )
    if isinstance(error, ImageNotFound) or any(word in lower for word in _NO_IMAGE):
        return HopelessWorkloadError(
            f"there is no image {image} that can be pulled: {said}; build or push it, or correct its name"
        )
    if any(word in lower for word in _UNREACHABLE):
        return HopelessWorkloadError(
            f"the image {image} is not on the engine, and its registry does not answer: {said}; build it there, or see to "
            "the registry"
        )
    return EngineUnavailableError(f"Docker could not pull {image}: {said}")


def _said(error: APIError) -> str:
    return plain(error.explanation or error)


def _cause(error: Exception) -> BaseException:
    # The client wraps the cause several times, each with a longer text than the one before.
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None and cause is not deeper:
        cause = deeper
    return cause

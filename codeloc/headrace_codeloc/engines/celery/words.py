"""What the broker says when something goes wrong, as errors that say what to do."""

from __future__ import annotations

from headrace.errors import HeadraceError
from headrace.integrations.endings import plain
from headrace_codeloc.engines.base import EngineUnavailableError, HopelessWorkloadError
from headrace_codeloc.engines.celery.settings import without_password

_LOGIN = (
    "wrongpass",
    "invalid password",
    "invalid username-password",
    "noauth",
    "authentication",
    "access_refused",
    "login was refused",
)


def broker_error(error: Exception, broker: str) -> EngineUnavailableError:
    """Returns what it means that the broker did not do what it was asked."""
    return EngineUnavailableError(_said(error, broker))


def start_error(error: Exception, broker: str) -> HeadraceError:
    """Returns what it means that a task could not be sent."""
    if isinstance(error, HeadraceError):
        return error
    if _is_login(error):
        return HopelessWorkloadError(_said(error, broker))
    return EngineUnavailableError(_said(error, broker))


def _said(error: Exception, broker: str) -> str:
    where = without_password(broker)
    root = _root(error)
    if _is_login(error):
        return f"the broker at {where} does not let us in: {root}; correct the user and password in broker"
    return f"the broker at {where} does not answer ({root}): start it there, or correct broker"


def _is_login(error: Exception) -> bool:
    return any(word in str(_chain(error)).lower() for word in _LOGIN)


def _chain(error: BaseException | None) -> list[str]:
    found: list[str] = []
    while error is not None and len(found) < 10:
        found.append(f"{type(error).__name__}: {error}")
        error = error.__cause__ or error.__context__
    return found


def _root(error: Exception) -> str:
    return plain(_chain(error)[-1])

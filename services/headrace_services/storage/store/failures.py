"""What the databases raise, told apart by what it means for an intent."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from headrace.errors import (
    FailedPreconditionError,
    HeadraceError,
    InvalidArgumentError,
    SerializationFailureError,
    StorageDownError,
)

# serialization_failure, deadlock_detected, lock_not_available
_CONFLICTS = {"40001", "40P01", "55P03"}

# What a server says that is not ready yet, or has no connection to spare right now.
_PASSING = ("starting up", "shutting down", "in recovery", "not yet accepting", "too many clients", "connection slots")

# What to do about what a server has against a connection; by its words, for such an error carries no code.
_LOGIN = "user and password are those under `storage` in the instance file"
_REMEDIES = {
    "password authentication failed": _LOGIN,
    "no password supplied": _LOGIN,
    "role ": _LOGIN,
    "database ": "storage makes tables, and not the database: create it, or name another one",
    "no pg_hba.conf entry": "the server's pg_hba.conf must let this machine in",
}


def is_conflict(error: BaseException) -> bool:
    """Tells whether another writer was in the way, so that doing it again may work."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _CONFLICTS


def is_disconnect(error: BaseException) -> bool:
    """Tells whether the connection was lost, so that another one may do."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def concerns_intent(error: BaseException) -> bool:
    """Tells whether an error is the fault of one intent and leaves those beside it untouched."""
    return not isinstance(error, DBAPIError | PoolTimeoutError) or isinstance(error, IntegrityError | DataError)


def refusal(error: BaseException) -> HeadraceError | None:
    """Returns what a server has against being connected to that waiting will not change; None if there is no such thing."""
    if not isinstance(error, OperationalError):
        return None
    message = _message(error)
    # A connection that is refused carries no code, but these words where messages are not translated.
    said = message.partition("FATAL:")[2].strip()
    if not said or any(words in said for words in _PASSING):
        return None
    remedy = next((f"; {what}" for words, what in _REMEDIES.items() if said.startswith(words)), "")
    return FailedPreconditionError(f"the database refuses the connection: {said}{remedy}")


def translated(error: BaseException) -> BaseException:
    """Returns the error that says to callers what one of the database means."""
    if isinstance(error, HeadraceError):
        return error
    if isinstance(error, DataError):
        return InvalidArgumentError(f"a value does not fit the database: {_message(error)}")
    if is_conflict(error):
        return SerializationFailureError(f"other writers were in the way each time: {_message(error)}")
    if isinstance(error, PoolTimeoutError) or (isinstance(error, DBAPIError) and not isinstance(error, IntegrityError)):
        return StorageDownError(f"the database does not answer: {_message(error)}", retry_after=1.0)
    return error


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _message(error: BaseException) -> str:
    original = error.orig if isinstance(error, StatementError) else error
    return str(original).strip().partition("\n")[0]

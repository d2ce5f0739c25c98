"""What the databases raise, told apart by what it means for an intent."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from headrace.errors import HeadraceError, InvalidArgumentError, SerializationFailureError, StorageDownError

# serialization_failure, deadlock_detected, lock_not_available
_CONFLICTS = {"40001", "40P01", "55P03"}


def is_conflict(error: BaseException) -> bool:
    """Tells whether another writer was in the way, so that doing it again may work."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _CONFLICTS


def is_disconnect(error: BaseException) -> bool:
    """Tells whether the connection was lost, so that another one may do."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def concerns_intent(error: BaseException) -> bool:
    """Tells whether an error is the fault of one intent and leaves those beside it untouched."""
    return not isinstance(error, DBAPIError | PoolTimeoutError) or isinstance(error, IntegrityError | DataError)


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

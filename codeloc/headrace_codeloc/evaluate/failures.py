"""What user code raised, as data."""

from __future__ import annotations

from headrace.api.types.v1.failure_pb2 import Failure
from headrace.errors import UserCodeError
from headrace.execute.events.failures import failure_info
from headrace.wire.failures import to_failure
from headrace_codeloc.code.load_failures import place_of

RAISED = (Exception, SystemExit)
"""What user code may raise to fail; anything else ends its process."""


def failure_of(error: BaseException) -> Failure:
    """Writes a failure of user code, with the place in its files."""
    raised = _raised(error)
    file, line = place_of(raised)
    return to_failure(failure_info(raised), file=file, line=line)


def _raised(error: BaseException) -> BaseException:
    """What the user's code raised, without what we say around it."""
    if isinstance(error, UserCodeError) and error.user_exception is not None:
        return error.user_exception
    return error

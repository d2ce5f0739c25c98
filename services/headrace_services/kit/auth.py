"""The simplest authentication there is: one token for everybody who may call."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from headrace.errors import UnauthenticatedError
from headrace.rpc.methods import Method
from headrace.rpc.policy import TOKEN_KEY
from headrace.rpc.scope import Caller
from headrace.settings import Secret

# Every request of a worker has its run's own token, which the coordinator checks; it is given no other.
_HAVE_THEIR_OWN_TOKEN = frozenset({"headrace.api.worker.v1.WorkerService", "headrace.api.worker.v1.StepService"})


class SharedToken:
    """Lets in who shows the instance's token."""

    def __init__(self, token: Secret) -> None:
        self._expected = f"Bearer {token.reveal()}".encode()

    async def authenticate(self, method: Method, metadata: Mapping[str, str | bytes]) -> Caller:
        """Returns the caller, who has no name of their own."""
        if method.service in _HAVE_THEIR_OWN_TOKEN:
            return Caller(role="worker")
        shown = metadata.get(TOKEN_KEY, "")
        if hmac.compare_digest(shown.encode() if isinstance(shown, str) else shown, self._expected):
            return Caller()
        raise UnauthenticatedError("show the instance's token: set HEADRACE_TOKEN, or pass --token")

"""Who calls, by the token that they show, and what their role lets them do."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from headrace.api.types.v1.role_pb2 import ROLE_ADMIN, ROLE_UNSPECIFIED, ROLE_VIEWER, Role
from headrace.clock import Clock
from headrace.errors import PermissionDeniedError, UnauthenticatedError
from headrace.rpc.methods import Method
from headrace.rpc.policy import TOKEN_KEY
from headrace.rpc.scope import Caller
from headrace_services.kit.config.model import Auth
from headrace_services.kit.grants import caller_of
from headrace_services.kit.oidc import ProviderTokens, is_jwt

_BEARER = b"Bearer "
# Every request of a worker has its run's own token, which the coordinator checks; it is given no other.
_HAVE_THEIR_OWN_TOKEN = frozenset({"headrace.api.worker.v1.WorkerService", "headrace.api.worker.v1.StepService"})
# What people and their programs may call. Everything else is said between services, with the instance's own token.
_FRONT_DOOR = "headrace.api.gateway."
# What the contract is, anybody may read who may call at all.
_REFLECTION = "grpc.reflection."


class Tokens:
    """Lets in who shows the instance's token, that of a caller whom the instance file names, or one of the provider's."""

    def __init__(self, auth: Auth, clock: Clock) -> None:
        self._provider = ProviderTokens(auth.oidc, clock) if auth.oidc is not None else None
        self._callers = [(_header(auth.token.reveal()), Caller())]
        for name, caller in auth.callers.items():
            known = caller_of(name, caller, f"auth.callers.{name}")
            self._callers.append((_header(caller.token.reveal()), known))

    async def authenticate(self, method: Method, metadata: Mapping[str, str | bytes]) -> Caller:
        """Returns the caller; who shows the instance's own token has no name."""
        if method.service in _HAVE_THEIR_OWN_TOKEN:
            return Caller("worker", ROLE_UNSPECIFIED)
        shown = metadata.get(TOKEN_KEY, "")
        given = shown.encode() if isinstance(shown, str) else shown
        # All are compared, always: how long it takes must not tell which one is nearly right.
        found = [caller for expected, caller in self._callers if hmac.compare_digest(given, expected)]
        if found:
            return found[0]
        if self._provider is not None and is_jwt(given):
            return await self._provider.caller(given.removeprefix(_BEARER).decode("ascii", "replace"))
        raise UnauthenticatedError("show the instance's token, or your own: set HEADRACE_TOKEN, or pass --token")

    def authorize(self, method: Method, caller: Caller) -> None:
        """Lets the services call everything, and callers what their role is enough for."""
        if not caller.name or method.service in _HAVE_THEIR_OWN_TOKEN or method.service.startswith(_REFLECTION):
            return
        if not is_at_the_front_door(method):
            raise PermissionDeniedError(f"{method.service} is for services; call those of the gateway")
        needed = needed_role(method)
        if caller.role < needed:
            raise PermissionDeniedError(
                f"{method.name} needs the role {_word(needed)}, {caller.name} has the role {_word(caller.role)}: "
                f"{caller.granted_by} of the instance file says so"
            )


def is_at_the_front_door(method: Method) -> bool:
    """Tells whether a method is for people and their programs."""
    return method.service.startswith(_FRONT_DOOR)


def needed_role(method: Method) -> Role.ValueType:
    """Returns the least role that may call a method: what changes something needs an admin where nobody said less."""
    return method.needed_role or (ROLE_VIEWER if method.reads else ROLE_ADMIN)


def _header(token: str) -> bytes:
    return _BEARER + token.encode()


def _word(role: Role.ValueType) -> str:
    return Role.Name(role).removeprefix("ROLE_").lower()

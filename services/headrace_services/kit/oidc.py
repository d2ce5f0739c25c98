"""Callers who show the token of an OpenID Connect provider.

The provider signs its tokens with keys that it publishes, and is asked for these only, never about a single token: while it
is away, tokens are checked with the keys that were read before, for an hour.
"""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.request
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from headrace.clock import Clock
from headrace.errors import PermissionDeniedError, UnauthenticatedError, UnavailableError
from headrace.rpc.scope import Caller
from headrace_services.kit.config.model import Oidc
from headrace_services.kit.grants import greatest

if TYPE_CHECKING:
    import jwt

logger = logging.getLogger(__name__)

# Signatures with a secret that both sides know are not among them: nobody but the provider may be able to sign.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_CLOCKS_DIFFER_SECONDS = 30
_ANSWER_SECONDS = 5.0
_LONGEST_ANSWER_BYTES = 1 << 20
# Keys that the provider has withdrawn are good for no longer than this.
_KEYS_LAST_SECONDS = 3600.0
# Tokens that name unknown keys must not make us ask the provider each time: anybody can make them up.
_LEAST_BETWEEN_QUESTIONS_SECONDS = 10.0
_EVERYBODY = "*"


class ProviderTokens:
    """Finds out who calls from a token of the provider's, and from the groups in it what they may do."""

    def __init__(self, oidc: Oidc, clock: Clock) -> None:
        self._oidc = oidc
        self._keys = _Keys(oidc.issuer, clock)

    async def caller(self, token: str) -> Caller:
        """Returns who calls.

        Raises:
            UnauthenticatedError: the token is none of the provider's, is over, or was made for somebody else.
            PermissionDeniedError: nothing is granted to any of the caller's groups.
            UnavailableError: the provider's keys are not known and cannot be had.
        """
        claims = await self._claims(token)
        name = str(claims.get(self._oidc.name_claim) or "")
        if not name:
            raise UnauthenticatedError(f"the token of {self._oidc.issuer} has no claim {self._oidc.name_claim}")
        groups = [*_words(claims, self._oidc.groups_claim), _EVERYBODY]
        grants = {
            f"auth.oidc.groups.{group}": self._oidc.groups[group] for group in groups if group in self._oidc.groups
        }
        if not grants:
            raise PermissionDeniedError(
                f"{name} may do nothing here: auth.oidc.groups of the instance file has none of their groups"
                f" (claim {self._oidc.groups_claim}: {', '.join(groups[:-1]) or 'empty'})"
            )
        return greatest(name, grants)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        import jwt

        try:
            key = await self._keys.find(jwt.get_unverified_header(token).get("kid", ""))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._oidc.audience,
                issuer=self._oidc.issuer,
                leeway=_CLOCKS_DIFFER_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise UnauthenticatedError("the token is no longer good: get a new one from the provider") from None
        except jwt.PyJWTError as error:
            raise UnauthenticatedError(f"this is no token of {self._oidc.issuer} for here: {error}") from None
        return claims


def is_jwt(token: bytes) -> bool:
    """Tells whether a token has the shape of those that providers sign."""
    return token.count(b".") == 2


class _Keys:
    """The provider's public keys, by their ids."""

    def __init__(self, issuer: str, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._read_at = self._asked_at = float("-inf")
        self._reading = asyncio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK:
        """Returns the key of that id; the only one there is where the id is empty.

        Raises:
            UnauthenticatedError: the provider has no such key.
            UnavailableError: it is not known here, and the provider cannot be asked.
        """
        problem = ""
        if not self._knows(key_id):
            async with self._reading:
                problem = "" if self._knows(key_id) else await self._read()
        if self._knows(key_id):
            return self._keys[key_id]
        if problem or not self._fresh():
            raise UnavailableError(
                f"tokens of {self._issuer} cannot be checked now: {problem or 'its keys are not known'}"
            )
        raise UnauthenticatedError(f"the token is signed with a key that {self._issuer} does not have")

    def _knows(self, key_id: str) -> bool:
        return key_id in self._keys and self._fresh()

    def _fresh(self) -> bool:
        return self._clock.monotonic() - self._read_at <= _KEYS_LAST_SECONDS

    async def _read(self) -> str:
        """Reads the keys anew unless that was tried just now; returns what went wrong."""
        if self._clock.monotonic() - self._asked_at < _LEAST_BETWEEN_QUESTIONS_SECONDS:
            return ""
        self._asked_at = self._clock.monotonic()
        try:
            self._keys = await asyncio.to_thread(_published_keys, self._issuer)
        except (OSError, ValueError) as error:
            logger.warning("a provider's keys could not be read", extra={"issuer": self._issuer, "error": str(error)})
            return str(error)
        self._read_at = self._clock.monotonic()
        return ""


def _published_keys(issuer: str) -> Mapping[str, jwt.PyJWK]:
    import jwt

    description = _document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if description.get("issuer") != issuer:
        raise ValueError(f"what answers there calls itself {description.get('issuer')!r}")
    try:
        keys = jwt.PyJWKSet.from_dict(_document(str(description.get("jwks_uri")))).keys
    except jwt.PyJWTError as error:
        raise ValueError(f"its keys cannot be read: {error}") from None
    # A provider with a single key need not name it.
    return {key.key_id or "": key for key in keys} | ({"": keys[0]} if len(keys) == 1 else {})


def _document(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer:
        found = json.loads(answer.read(_LONGEST_ANSWER_BYTES))
    if not isinstance(found, dict):
        raise ValueError(f"{url} answers with something else than a JSON object")
    return found


def _words(claims: Mapping[str, Any], path: str) -> Iterable[str]:
    """Returns what a claim lists; providers write a single group, or several with spaces between them, as text."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
    if isinstance(found, str):
        return found.split()
    return [str(each) for each in found] if isinstance(found, list) else []

"""Tokens of a provider: which are good, and what the groups in them are good for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from headrace.api.types.v1.role_pb2 import ROLE_EDITOR, ROLE_LAUNCHER, ROLE_VIEWER
from headrace.clock import SystemClock
from headrace.errors import HeadraceError, PermissionDeniedError, UnauthenticatedError, UnavailableError
from headrace_services.kit.config.model import Grant, Oidc
from headrace_services.kit.oidc import ProviderTokens

GROUPS = {
    "data": Grant("launcher"),
    "etl": Grant("editor", ("etl",)),
    "ml": Grant("editor", ("ml",)),
    "*": Grant("viewer"),
}


class LaterClock(SystemClock):
    """The machine's clock after time has passed that nobody waited for."""

    def __init__(self) -> None:
        self._passed = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._passed

    def pass_by(self, seconds: float) -> None:
        self._passed += seconds


class Publisher:
    """Publishes keys over HTTP, and counts who asks for them."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PrivateKey] = {"first": Ed25519PrivateKey.generate()}
        self.asked = 0
        self.calls_itself = ""
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(publisher.answer(self.path)).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            return {"issuer": self.calls_itself or self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        self.asked += 1
        keys = {name: json.loads(OKPAlgorithm.to_jwk(key.public_key())) for name, key in self.keys.items()}
        return {"keys": [{**key, "kid": name, "alg": "EdDSA", "use": "sig"} for name, key in keys.items()]}

    def token(self, *, key: str = "first", named: bool = True, **claims: Any) -> str:
        """Signs a token that is good unless the claims say otherwise; None leaves one out."""
        told = {"iss": self.issuer, "aud": "headrace", "sub": "ada", "exp": time.time() + 600, **claims}
        given = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(given, self.keys[key], algorithm="EdDSA", headers={"kid": key} if named else {})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    yield publisher
    publisher.close()


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


def tokens(publisher: Publisher, clock: LaterClock, **settings: Any) -> ProviderTokens:
    oidc = Oidc(**{"issuer": publisher.issuer, "audience": "headrace", "groups": GROUPS, **settings})
    return ProviderTokens(oidc, clock)


@pytest.mark.parametrize(
    ("groups", "role", "locations"),
    [
        ([], ROLE_VIEWER, set()),
        (["data"], ROLE_LAUNCHER, set()),
        ("data", ROLE_LAUNCHER, set()),
        ("data etl", ROLE_EDITOR, {"etl"}),
        (["etl", "ml", "unheard of"], ROLE_EDITOR, {"etl", "ml"}),
    ],
)
async def test_the_greatest_role_of_all_groups_counts_wherever_one_of_them_gives_it(
    publisher: Publisher, clock: LaterClock, groups: Any, role: int, locations: set[str]
) -> None:
    caller = await tokens(publisher, clock).caller(publisher.token(groups=groups))
    assert (caller.name, caller.role, caller.locations) == ("ada", role, locations)


async def test_claims_may_have_other_names_and_be_nested(publisher: Publisher, clock: LaterClock) -> None:
    known = tokens(publisher, clock, name_claim="email", groups_claim="realm_access.roles")
    caller = await known.caller(publisher.token(email="ada@example.com", realm_access={"roles": ["data"]}))
    assert (caller.name, caller.role) == ("ada@example.com", ROLE_LAUNCHER)
    named_by_url = tokens(publisher, clock, groups_claim="https://example.com/groups")
    told = publisher.token(**{"https://example.com/groups": ["data"]})
    assert (await named_by_url.caller(told)).role == ROLE_LAUNCHER


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"exp": 1}, "no longer good"),
        ({"exp": None}, "exp"),
        ({"aud": "others"}, "Audience"),
        ({"aud": None}, "aud"),
        ({"iss": "https://other.example.com"}, "issuer"),
        ({"sub": None}, "no claim sub"),
        ({"nbf": time.time() + 3600}, "not yet valid"),
    ],
)
async def test_a_token_that_is_over_or_for_others_is_not_good(
    publisher: Publisher, clock: LaterClock, claims: dict[str, Any], says: str
) -> None:
    with pytest.raises(UnauthenticatedError, match=f"(?i){says}"):
        await tokens(publisher, clock).caller(publisher.token(**claims))


async def test_only_the_provider_can_sign(publisher: Publisher, clock: LaterClock) -> None:
    known = tokens(publisher, clock)
    good = publisher.token()
    claims = jwt.decode(good, options={"verify_signature": False})
    public = publisher.keys["first"].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = [
        jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": "first"}),
        jwt.encode(claims, public, algorithm="HS256", headers={"kid": "first"}),
        jwt.encode(claims, None, algorithm="none", headers={"kid": "first"}),
        good[:-8] + "AAAAAAAA",
        "a.b.c",
        "..",
    ]
    for token in forged:
        with pytest.raises(UnauthenticatedError):
            await known.caller(token)
    assert (await known.caller(good)).name == "ada"


async def test_a_new_key_is_found_and_made_up_ones_ask_the_provider_seldom(
    publisher: Publisher, clock: LaterClock
) -> None:
    known = tokens(publisher, clock)
    await known.caller(publisher.token())
    publisher.keys["second"] = Ed25519PrivateKey.generate()
    clock.pass_by(11)
    assert (await known.caller(publisher.token(key="second"))).name == "ada"
    asked = publisher.asked
    publisher.keys["made up"] = Ed25519PrivateKey.generate()
    told = publisher.token(key="made up")
    del publisher.keys["made up"]
    for _ in range(20):
        with pytest.raises(UnauthenticatedError, match="a key that .* does not have"):
            await known.caller(told)
    assert publisher.asked == asked


async def test_a_key_without_a_name_is_the_only_one(publisher: Publisher, clock: LaterClock) -> None:
    nameless = publisher.token(named=False)
    assert (await tokens(publisher, clock).caller(nameless)).name == "ada"
    publisher.keys["second"] = Ed25519PrivateKey.generate()
    with pytest.raises(UnauthenticatedError, match="does not have"):
        await tokens(publisher, clock).caller(nameless)


async def test_keys_that_were_withdrawn_are_not_good_for_ever(publisher: Publisher, clock: LaterClock) -> None:
    known = tokens(publisher, clock)
    token = publisher.token()
    await known.caller(token)
    publisher.keys = {"second": Ed25519PrivateKey.generate()}
    clock.pass_by(3601)
    with pytest.raises(UnauthenticatedError):
        await known.caller(token)


async def test_a_provider_that_is_away_or_another_is_named(publisher: Publisher, clock: LaterClock) -> None:
    token = publisher.token()
    publisher.calls_itself = "https://other.example.com"
    with pytest.raises(UnavailableError, match="calls itself 'https://other.example.com'"):
        await tokens(publisher, clock).caller(token)
    known = tokens(publisher, clock)
    publisher.close()
    with pytest.raises(UnavailableError, match="cannot be checked now"):
        await known.caller(token)
    with pytest.raises(HeadraceError, match="cannot be checked now"):
        await known.caller(token)


async def test_who_is_in_no_group_that_may_is_told_so(publisher: Publisher, clock: LaterClock) -> None:
    known = tokens(publisher, clock, groups={"data": Grant("launcher")})
    with pytest.raises(PermissionDeniedError, match="ada may do nothing here.*claim groups: sales"):
        await known.caller(publisher.token(groups=["sales"]))

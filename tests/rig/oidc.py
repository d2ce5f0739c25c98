"""A real OpenID Connect provider: people sign in with it, and it signs their tokens."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from rig.ports import free_port
from rig.processes import SupervisedProcess, Supervisor

# Where browsers are sent back to; nobody listens there, and nobody needs to.
_BACK = "http://127.0.0.1:1/back"


class Provider:
    """A provider and the people that it knows."""

    def __init__(self, supervisor: Supervisor, people: Mapping[str, Sequence[str]], port: int | None = None) -> None:
        self.port = port or free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        claims = [json.dumps({"sub": name, "groups": list(groups)}) for name, groups in people.items()]
        users = [argument for each in claims for argument in ("--user-claims", each)]
        command = ("-W", "ignore", "-m", "oidc_provider_mock", "-p", str(self.port))
        self.process: SupervisedProcess = supervisor.python("provider", *command, *users)
        self.process.wait_for_output("running on", timeout=60)

    def token(self, name: str, audience: str = "headrace") -> str:
        """Signs somebody in at a client as a browser would, and returns the token that the client gets."""
        asked = {
            "response_type": "code",
            "client_id": audience,
            "redirect_uri": _BACK,
            "scope": "openid profile email",
            "nonce": "n",
        }
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(self._sent_back(asked, name)).query)["code"][0]
        exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK, "client_id": audience}
        with self._post("/oauth2/token", {**exchange, "client_secret": "any"}) as response:
            return str(json.load(response)["id_token"])

    def _sent_back(self, asked: Mapping[str, str], name: str) -> str:
        try:
            self._post(f"/oauth2/authorize?{urllib.parse.urlencode(asked)}", {"sub": name}).close()
        except urllib.error.HTTPError as error:
            return str(error.headers["location"])
        raise AssertionError("the provider sends nobody back")

    def _post(self, path: str, form: Mapping[str, str]) -> Any:
        data = urllib.parse.urlencode(form).encode()
        return _OPENER.open(urllib.request.Request(f"{self.issuer}{path}", data=data), timeout=20)


class _StaysHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_StaysHere)

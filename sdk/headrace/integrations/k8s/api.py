"""The connection to a cluster.

The official client finds the cluster, its certificates and credentials, and renews them; objects go over it as they are
written, because its models know one version of the API, and refuse what another has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from kubernetes import client, config

from headrace.errors import HeadraceError
from headrace.integrations.endings import plain
from headrace.integrations.k8s.access import ClusterAccess

CONNECT_SECONDS, CALL_SECONDS = 5.0, 30.0
_CONNECTIONS = 16
_POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


class NoClusterError(HeadraceError):
    """Nobody says which cluster is meant, or how it is reached."""

    reason = "NO_CLUSTER"


class ApiError(Exception):
    """The API refused, or could not do what it was asked.

    Attributes:
        code: The code, as in HTTP.
        cause: In one word: `AlreadyExists`, `Forbidden`, …
        said: In the API's own words.
    """

    def __init__(self, code: int, cause: str, said: str) -> None:
        super().__init__(said)
        self.code = code
        self.cause = cause
        self.said = said


class Api:
    """Calls the API; each call blocks.

    Attributes:
        where: The address of the cluster.
        namespace: Where objects go of which nothing else is said.

    Args:
        access: How the cluster is reached.
        namespace: Where objects go; where the access says when left out.

    Raises:
        NoClusterError: nobody says which cluster is meant.
    """

    def __init__(self, access: ClusterAccess, namespace: str | None = None) -> None:
        self._configuration = client.Configuration()
        self._configuration.connection_pool_maxsize = _CONNECTIONS
        found = _configure(self._configuration, access)
        if access.ca_file:
            self._configuration.ssl_ca_cert = access.ca_file
        self.where: str = self._configuration.host
        self.namespace = namespace or found or "default"
        self._client = client.ApiClient(self._configuration)

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Returns what the API answers.

        Raises:
            ApiError: it refuses.
            urllib3.exceptions.HTTPError: it cannot be reached.
        """
        answer = self._request(method, path, query, body, CALL_SECONDS, preload_content=True)
        found: dict[str, Any] = json.loads(answer.data or b"{}")
        return found

    def text(self, path: str, query: Mapping[str, Any]) -> str:
        """Returns what the API answers where that is no object."""
        data: bytes = self._request("GET", path, query, None, CALL_SECONDS, preload_content=True).data
        return data.decode(errors="replace")

    def stream(self, path: str, query: Mapping[str, Any], silence_seconds: float) -> EventStream:
        """Opens a watch that counts as broken when nothing comes for that long."""
        return EventStream(self._request("GET", path, query, None, silence_seconds, preload_content=False))

    def follow_text(self, path: str, query: Mapping[str, Any]) -> TextStream:
        """Opens what the API goes on answering, however long it is silent in between."""
        return TextStream(self._request("GET", path, query, None, None, preload_content=False))

    def close(self) -> None:
        """Closes the connections."""
        self._client.rest_client.pool_manager.clear()

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        seconds: float | None,
        *,
        preload_content: bool,
    ) -> Any:
        headers = {"Accept": "application/json, */*", "User-Agent": "headrace"}
        for given in self._configuration.auth_settings().values():
            headers[given["key"]] = given["value"]
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        answer = self._client.rest_client.pool_manager.request(
            method,
            f"{self.where}{path}" + (f"?{urlencode(query)}" if query else ""),
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds),
            retries=urllib3.Retry(0, redirect=2, raise_on_status=False),
            preload_content=preload_content,
        )
        if answer.status >= 300:
            raise _error(answer.status, answer.data)
        return answer


class TextStream:
    """What the API goes on telling, in pieces, as it comes."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        """Yields until it is over.

        Raises:
            urllib3.exceptions.HTTPError: the connection broke.
        """
        yield from self._answer.stream(amt=None, decode_content=True)

    def close(self) -> None:
        """Ends it; who waits for a piece is woken."""
        try:
            if hasattr(self._answer, "shutdown"):
                self._answer.shutdown()
            self._answer.close()
        except Exception:
            pass  # it was closed by the other side


class EventStream:
    """What a watch tells, in batches, as it comes."""

    def __init__(self, answer: Any) -> None:
        self._text = TextStream(answer)
        self._batches = self._read()

    def next(self) -> list[dict[str, Any]] | None:
        """Returns what has come since; waits for it. None when the watch is over, or its connection broke."""
        try:
            return next(self._batches, None)
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            # Why shows when it is opened anew; ValueError is how a closed response answers.
            return None

    def close(self) -> None:
        """Ends the watch; who waits for `next` is told that it is over."""
        self._text.close()

    def _read(self) -> Iterator[list[dict[str, Any]]]:
        rest = b""
        for chunk in self._text:
            *lines, rest = (rest + chunk).split(b"\n")
            events = [json.loads(line) for line in lines if line.strip()]
            if events:
                yield events


def _configure(configuration: Any, access: ClusterAccess) -> str:
    """Fills in how the cluster is reached; returns the namespace that goes with it, if one does."""
    inside = access.load_incluster_config and "KUBERNETES_SERVICE_HOST" in os.environ
    try:
        if inside and not access.kubeconfig_file:
            config.load_incluster_config(client_configuration=configuration)
            return _POD_NAMESPACE.read_text().strip() if _POD_NAMESPACE.exists() else ""
        config.load_kube_config(
            access.kubeconfig_file, access.context, client_configuration=configuration, persist_config=False
        )
        contexts, current = config.list_kube_config_contexts(access.kubeconfig_file)
        active = next((each for each in contexts if each["name"] == access.context), current)
        return str((active or {}).get("context", {}).get("namespace") or "")
    except Exception as error:  # a file that is no YAML, or has not what belongs there, raises anything
        raise NoClusterError(
            f"no Kubernetes cluster is configured: {plain(error)}; name one by kubeconfig_file or KUBECONFIG, or run in one "
            "with load_incluster_config"
        ) from error


def _error(code: int, data: bytes) -> ApiError:
    try:
        state = json.loads(data)
        said, cause = str(state.get("message") or ""), str(state.get("reason") or "")
    except ValueError:
        said, cause = data[:500].decode(errors="replace"), ""
    return ApiError(code, cause, plain(said) or f"HTTP {code}")

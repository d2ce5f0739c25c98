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

from headrace_codeloc.engines.base import EngineUnavailableError
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings
from headrace_codeloc.engines.words import plain

CONNECT_SECONDS, CALL_SECONDS = 5.0, 30.0
_CONNECTIONS = 16
_POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


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
    """

    def __init__(self, settings: KubernetesSettings) -> None:
        self._configuration = client.Configuration()
        self._configuration.connection_pool_maxsize = _CONNECTIONS
        found = _configure(self._configuration, settings)
        if settings.k8s_api_ssl_ca_cert_file:
            self._configuration.ssl_ca_cert = settings.k8s_api_ssl_ca_cert_file
        self.where: str = self._configuration.host
        self.namespace = settings.job_namespace or found or "default"
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

    def close(self) -> None:
        """Closes the connections."""
        self._client.rest_client.pool_manager.clear()

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        seconds: float,
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


class EventStream:
    """What a watch tells, in batches, as it comes."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
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
        try:
            if hasattr(self._answer, "shutdown"):
                self._answer.shutdown()
            self._answer.close()
        except Exception:
            pass  # it was closed by the other side

    def _read(self) -> Iterator[list[dict[str, Any]]]:
        rest = b""
        for chunk in self._answer.stream(amt=None, decode_content=True):
            *lines, rest = (rest + chunk).split(b"\n")
            events = [json.loads(line) for line in lines if line.strip()]
            if events:
                yield events


def _configure(configuration: Any, settings: KubernetesSettings) -> str:
    """Fills in how the cluster is reached; returns the namespace that goes with it, if one does."""
    inside = settings.load_incluster_config and "KUBERNETES_SERVICE_HOST" in os.environ
    try:
        if inside and not settings.kubeconfig_file:
            config.load_incluster_config(client_configuration=configuration)
            return _POD_NAMESPACE.read_text().strip() if _POD_NAMESPACE.exists() else ""
        config.load_kube_config(settings.kubeconfig_file, client_configuration=configuration, persist_config=False)
        _, active = config.list_kube_config_contexts(settings.kubeconfig_file)
        return str((active or {}).get("context", {}).get("namespace") or "")
    except Exception as error:  # a file that is no YAML, or has not what belongs there, raises anything
        raise EngineUnavailableError(
            f"no Kubernetes cluster is configured: {error}; name one by kubeconfig_file or KUBECONFIG, or run in one "
            "with load_incluster_config"
        ) from error


def _error(code: int, data: bytes) -> ApiError:
    try:
        state = json.loads(data)
        said, cause = str(state.get("message") or ""), str(state.get("reason") or "")
    except ValueError:
        said, cause = data[:500].decode(errors="replace"), ""
    return ApiError(code, cause, plain(said) or f"HTTP {code}")

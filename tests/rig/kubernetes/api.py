"""The API over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import kubernetes_validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from rig.kubernetes.jobs import JobController
from rig.kubernetes.kubelet import Kubelet
from rig.kubernetes.selectors import Selector, is_label_value
from rig.kubernetes.store import Object, RefusedError, Store, now

VERSION = "1.37"
_LOOK_SECONDS = 0.05
_KINDS = {
    "jobs": ("batch/v1", "Job"),
    "pods": ("v1", "Pod"),
    "secrets": ("v1", "Secret"),
    "configmaps": ("v1", "ConfigMap"),
    "events": ("v1", "Event"),
    "serviceaccounts": ("v1", "ServiceAccount"),
}


class Api:
    """Answers requests; refuses what the schemas of a current version do not allow.

    Attributes:
        token: What callers must show.
        forbidden: What they may not do: `("create", "secrets")`.
        denied: What of that they have tried.
        requests: What was asked: method and path.
    """

    def __init__(self, store: Store, jobs: JobController, kubelet: Kubelet, token: str) -> None:
        self._store = store
        self._jobs = jobs
        self._kubelet = kubelet
        self.token = token
        self.forbidden: set[tuple[str, str]] = set()
        self.denied: set[tuple[str, str]] = set()
        self.requests: list[tuple[str, str]] = []
        self.closing = asyncio.Event()
        self.namespaces = {"default"}
        prefixes = ("/api/v1/namespaces/{namespace}", "/apis/batch/v1/namespaces/{namespace}")
        self.app = Starlette(
            routes=[
                route
                for prefix in prefixes
                for route in (
                    Route(f"{prefix}/{{resource}}", self._collection, methods=["GET", "POST"]),
                    Route(f"{prefix}/{{resource}}/{{name}}", self._one, methods=["GET", "DELETE", "PATCH"]),
                    Route(f"{prefix}/pods/{{name}}/log", self._log, methods=["GET"]),
                    Route(f"{prefix}/pods/{{name}}/eviction", self._evict, methods=["POST"]),
                )
            ],
            exception_handlers={RefusedError: _refused},
        )

    async def _collection(self, request: Request) -> Response:
        verb = "create" if request.method == "POST" else "watch" if request.query_params.get("watch") else "list"
        namespace, resource = self._allowed(request, verb)
        if verb == "create":
            made = self._checked(await request.json(), resource)
            if resource == "pods":
                made["status"] = {"phase": "Pending"}
            return JSONResponse(self._store.create(resource, namespace, made), status_code=201)
        query = request.query_params
        selector = Selector.parse(query.get("labelSelector", ""), query.get("fieldSelector", ""))
        if verb == "watch":
            seconds = float(query.get("timeoutSeconds", "60"))
            since = int(query.get("resourceVersion", "0"))
            if since < self._store.oldest:
                raise RefusedError(410, "Expired", f"too old resource version: {since} ({self._store.oldest})")
            return StreamingResponse(
                self._watch(resource, namespace, selector, since, seconds), media_type="application/json"
            )
        return JSONResponse(self._page(resource, namespace, selector, query))

    def _page(self, resource: str, namespace: str, selector: Selector, query: Any) -> dict[str, Any]:
        version, kind = _KINDS[resource]
        first, limit = int(query.get("continue") or 0), int(query.get("limit") or 500)
        found = self._store.find(resource, namespace, selector)
        metadata = {"resourceVersion": str(self._store.version)}
        if len(found) > first + limit:
            metadata["continue"] = str(first + limit)
        return {
            "apiVersion": version,
            "kind": f"{kind}List",
            "metadata": metadata,
            "items": found[first : first + limit],
        }

    async def _one(self, request: Request) -> Response:
        verb = request.method.lower()
        namespace, resource = self._allowed(request, verb)
        thing = self._store.get(resource, namespace, request.path_params["name"])
        if verb == "delete":
            text = await request.body()
            self._delete(resource, thing, json.loads(text) if text else {})
        if verb == "patch":
            patch = await request.json()
            changed = self._store.update(
                resource, namespace, thing["metadata"]["name"], lambda each: _merge(each, patch)
            )
            return JSONResponse(changed)
        return JSONResponse(thing)

    async def _log(self, request: Request) -> Response:
        namespace, _ = self._allowed(request, "get", "pods/log")
        pod = self._store.get("pods", namespace, request.path_params["name"])
        if request.query_params.get("follow") == "true":
            following = self._follow_log(pod, request.query_params["container"])
            return StreamingResponse(following, media_type="text/plain")
        written = self._kubelet.log(pod, request.query_params.get("container", ""))
        lines = written.decode(errors="replace").splitlines(keepends=True)
        return PlainTextResponse("".join(lines[-int(request.query_params.get("tailLines", "1000")) :]))

    async def _follow_log(self, pod: Object, container: str) -> AsyncIterator[bytes]:
        sent = 0
        while not self.closing.is_set():
            is_over = not self._kubelet.writes(pod)
            text = self._kubelet.log(pod, container)
            if len(text) > sent:
                yield text[sent:]
                sent = len(text)
            if is_over:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _evict(self, request: Request) -> Response:
        namespace, _ = self._allowed(request, "create", "pods/eviction")
        name = request.path_params["name"]
        pod = self._store.get("pods", namespace, name)

        def disrupt(each: Object) -> None:
            condition = {
                "type": "DisruptionTarget",
                "status": "True",
                "reason": "EvictionByEvictionAPI",
                "message": "Eviction API: evicting",
            }
            each["status"]["conditions"] = [*each["status"].get("conditions", ()), condition]

        self._store.update("pods", namespace, name, disrupt)
        self._delete("pods", pod, {})
        return JSONResponse({"kind": "Status", "apiVersion": "v1", "status": "Success"}, status_code=201)

    def _delete(self, resource: str, thing: Object, options: dict[str, Any]) -> None:
        namespace, name = thing["metadata"]["namespace"], thing["metadata"]["name"]
        if resource == "jobs":
            self._jobs.delete(thing, options.get("propagationPolicy", "Background"))
        elif resource == "pods" and options.get("gracePeriodSeconds") != 0:

            def mark(each: Object) -> None:
                seconds = options.get("gracePeriodSeconds", each["spec"].get("terminationGracePeriodSeconds", 30))
                each["metadata"] |= {"deletionTimestamp": now(), "deletionGracePeriodSeconds": seconds}

            self._store.update("pods", namespace, name, mark)
        else:
            self._store.remove(resource, namespace, name)

    async def _watch(
        self, resource: str, namespace: str, selector: Selector, since: int, seconds: float
    ) -> AsyncIterator[bytes]:
        version, kind = _KINDS[resource]
        until = asyncio.get_running_loop().time() + seconds
        self._store.watches += 1
        try:
            async for change in self._store.watch(resource, namespace, selector, since):
                if self.closing.is_set() or asyncio.get_running_loop().time() > until:
                    return
                if change is None:
                    metadata = {"resourceVersion": str(self._store.version)}
                    change = ("BOOKMARK", {"apiVersion": version, "kind": kind, "metadata": metadata})
                yield json.dumps({"type": change[0], "object": change[1]}).encode() + b"\n"
        except RefusedError as error:
            yield json.dumps({"type": "ERROR", "object": _state(error)}).encode() + b"\n"
        finally:
            self._store.watches -= 1

    def _allowed(self, request: Request, verb: str, resource: str = "") -> tuple[str, str]:
        self.requests.append((request.method, request.url.path))
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise RefusedError(401, "Unauthorized", "Unauthorized")
        namespace = request.path_params["namespace"]
        resource = resource or request.path_params["resource"]
        if (verb, resource) in self.forbidden:
            self.denied.add((verb, resource))
            raise RefusedError(
                403,
                "Forbidden",
                f'{resource} is forbidden: User "tester" cannot {verb} resource "{resource}" in API group "" in the '
                f'namespace "{namespace}"',
            )
        if namespace not in self.namespaces:
            raise RefusedError(404, "NotFound", f'namespaces "{namespace}" not found')
        return namespace, resource

    def _checked(self, thing: Object, resource: str) -> Object:
        version, kind = _KINDS[resource]
        if (thing.get("apiVersion"), thing.get("kind")) != (version, kind):
            raise RefusedError(400, "BadRequest", f"{resource} wants {version} {kind}, not {thing.get('kind')}")
        try:
            kubernetes_validate.validate(thing, VERSION, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = ".".join(str(part) for part in error.path)
            raise RefusedError(
                422, "Invalid", f'{kind} "{thing["metadata"].get("name")}" is invalid: {path}: {error.message}'
            ) from None
        for name, value in (thing["metadata"].get("labels") or {}).items():
            if not is_label_value(value):
                raise RefusedError(422, "Invalid", f"metadata.labels: Invalid value: {value!r} of {name}")
        return thing


def _merge(thing: Object, patch: dict[str, Any]) -> None:
    for key, value in patch.items():
        if isinstance(value, dict):
            _merge(thing.setdefault(key, {}), value)
        else:
            thing[key] = value


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return JSONResponse(_state(error), status_code=error.code)


def _state(error: RefusedError) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": error.message,
        "reason": error.reason,
        "code": error.code,
    }

"""Code in a pod of Kubernetes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headrace.execute.contexts.context import OpExecutionContext
from headrace.integrations.k8s.access import ClusterAccess
from headrace.integrations.k8s.cluster import explained, opened_cluster
from headrace.integrations.k8s.raw_config import merge_deep
from headrace.integrations.k8s.spelling import as_the_api_spells
from headrace.integrations.printed import print_lines
from headrace.pipes.client import PipesClient, PipesClientCompletedInvocation
from headrace.pipes.errors import PipesExecutionError
from headrace.pipes.injectors import PipesContextInjector, PipesEnvContextInjector
from headrace.pipes.readers import PipesMessageReader
from headrace.pipes.session import PipesSession, open_pipes_session
from headrace.pipes.stream_reader import PipesStreamMessageReader

CONTAINER = "headrace-pipes"
_PATIENCE_SECONDS = 90.0
_DAY_SECONDS = 86_400.0


class PipesK8sPodLogsMessageReader(PipesStreamMessageReader):
    """Takes messages out of what a pod prints."""


class PipesK8sClient(PipesClient):
    """Starts a pod, takes what its code reports, and removes it.

    Args:
        env: Environment variables of the pods.
        context_injector: Hands over the context; in an environment variable when left out.
        message_reader: Takes messages; out of what the pod prints when left out.
        load_incluster_config: Whether the cluster is the one that this process runs in; so it is, when it runs in one and
            neither of the next two is given.
        kubeconfig_file: How to reach another.
        kube_context: Which context of that file; its current one when left out.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        context_injector: PipesContextInjector | None = None,
        message_reader: PipesMessageReader | None = None,
        load_incluster_config: bool | None = None,
        kubeconfig_file: str | None = None,
        kube_context: str | None = None,
    ) -> None:
        self.env = dict(env or {})
        self.context_injector = context_injector or PipesEnvContextInjector()
        self.message_reader = message_reader or PipesK8sPodLogsMessageReader()
        inside = not (kubeconfig_file or kube_context) if load_incluster_config is None else load_incluster_config
        self.access = ClusterAccess(kubeconfig_file, kube_context, inside)

    def run(  # type: ignore[override]
        self,
        *,
        context: OpExecutionContext,
        extras: Mapping[str, Any] | None = None,
        image: str | None = None,
        command: str | Sequence[str] | None = None,
        namespace: str | None = None,
        env: Mapping[str, str] | None = None,
        base_pod_meta: Mapping[str, Any] | None = None,
        base_pod_spec: Mapping[str, Any] | None = None,
        pod_wait_timeout: float = _DAY_SECONDS,
    ) -> PipesClientCompletedInvocation:
        """Starts a pod, takes its messages, and returns when it has ended.

        Args:
            context: The context of the op or asset.
            extras: Anything more that the code shall know; it must be JSON.
            image: The image of the first container, where `base_pod_spec` names none.
            command: What that executes, where `base_pod_spec` says nothing.
            namespace: Where the pod is made; where this process runs, or the kubeconfig says, when left out.
            env: More environment variables.
            base_pod_meta: The pod's metadata, in the API's words.
            base_pod_spec: The pod, in the API's words; its first container is the one that reports.
            pod_wait_timeout: For how many seconds the pod may go on.

        Raises:
            PipesExecutionError: the pod failed.
            Failure: the cluster refuses it, or cannot be reached.
        """
        with open_pipes_session(context, self.context_injector, self.message_reader, extras) as session:
            container = {
                "name": CONTAINER,
                "image": image,
                "command": [command] if isinstance(command, str) else list(command or ()),
            }
            pod = _pod(base_pod_meta or {}, base_pod_spec or {}, {key: each for key, each in container.items() if each})
            # Each container is given them: any may have to find the session.
            variables = {**self.env, **(env or {}), **session.get_bootstrap_env_vars()}
            for each in pod["spec"]["containers"]:
                made = [{"name": name, "value": value} for name, value in variables.items()]
                each["env"] = [*each.get("env", ()), *made]
            with opened_cluster(self.access, namespace) as api:
                self._run(session, api, pod, pod_wait_timeout)
        return PipesClientCompletedInvocation(session)

    def _run(self, session: PipesSession, api: Any, pod: Mapping[str, Any], timeout: float) -> None:
        from headrace.integrations.k8s import objects
        from headrace.integrations.k8s.pod_run import PodRun

        name, reports = pod["metadata"]["name"], pod["spec"]["containers"][0]["name"]
        doing = f"execute pod {name} in namespace {api.namespace}"
        query = {"fieldSelector": f"metadata.name={name}"}
        with explained(api, doing):
            try:
                api.call("POST", objects.pods(api.namespace), body=pod)
                session.report_launched({"pod_name": name, "namespace": api.namespace})
                kind, how = PodRun(api, api.namespace, query, reports, self._take, _PATIENCE_SECONDS).end(timeout)
            finally:
                objects.delete(api, objects.pods(api.namespace, name))
        if kind != "normal":
            raise PipesExecutionError(f"Pod {name} failed: {how}.")

    def _take(self, pieces: Iterable[bytes]) -> None:
        named = (("stderr", piece) for piece in pieces)
        if isinstance(self.message_reader, PipesStreamMessageReader):
            self.message_reader.consume(named)
        else:
            print_lines(named)


def _pod(meta: Mapping[str, Any], spec: Mapping[str, Any], container: Mapping[str, Any]) -> dict[str, Any]:
    said = as_the_api_spells(dict(spec))
    first, *others = [dict(each) for each in said.pop("containers", ()) or [{}]]
    labels = {"app.kubernetes.io/managed-by": "headrace"}
    name = f"headrace-pipes-{uuid.uuid4().hex[:20]}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": merge_deep({"name": name, "labels": labels}, as_the_api_spells(dict(meta))),
        "spec": {"restartPolicy": "Never", **said, "containers": [{**container, **first}, *others]},
    }

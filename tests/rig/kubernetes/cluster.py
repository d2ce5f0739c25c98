"""The cluster that tests use: the one that KUBECONFIG names, or a stand-in."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from headrace.integrations.k8s.api import Api, ApiError
from headrace_codeloc.engines.kubernetes.manifests import CONTAINER, label_value
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings
from rig.kubernetes.kubelet import IMAGE
from rig.kubernetes.server import TOKEN, StandIn


@dataclass
class Cluster:
    """A cluster, and a namespace of it that tests may use.

    Attributes:
        kubeconfig: How to reach it.
        namespace: Where tests make their objects.
        image: An image that has Python.
        stand_in: The stand-in; None where the cluster is a real one.
    """

    kubeconfig: Path
    namespace: str
    image: str
    stand_in: StandIn | None = None

    def config(self, **more: Any) -> dict[str, Any]:
        """The configuration of an engine, as an instance file says it."""
        return {
            "load_incluster_config": False,
            "kubeconfig_file": str(self.kubeconfig),
            "job_namespace": self.namespace,
            "job_image": self.image,
            **more,
        }

    def api(self) -> Api:
        """The API of the cluster."""
        settings = KubernetesSettings.of(self.config(), "tests")
        return Api(settings.access(), settings.job_namespace)

    def objects(self, kind: str, labels: str = "") -> list[dict[str, Any]]:
        """The pods, jobs or secrets with some labels."""
        group = "/apis/batch/v1" if kind == "jobs" else "/api/v1"
        answer = self.api().call("GET", f"{group}/namespaces/{self.namespace}/{kind}", {"labelSelector": labels})
        found: list[dict[str, Any]] = answer["items"]
        return found

    @staticmethod
    def label(value: str) -> str:
        """A value as a label has it."""
        return label_value(value)

    def log(self, pod: str) -> str:
        """What a pod's worker wrote."""
        return self.api().text(f"/api/v1/namespaces/{self.namespace}/pods/{pod}/log", {"container": CONTAINER})

    def evict(self, pod: str) -> None:
        """Evicts a pod, as the drain of a node does."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": self.namespace}}
        self.api().call("POST", f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction", body=body)


@contextmanager
def open_cluster(directory: Path) -> Iterator[Cluster]:
    """Opens the cluster that KUBECONFIG names, or starts a stand-in.

    For a real one, HEADRACE_TEST_IMAGE names an image that it can pull and that has `python`, and HEADRACE_TEST_NAMESPACE
    where tests may make Jobs (`default`).
    """
    if "KUBECONFIG" in os.environ:
        image = os.environ.get("HEADRACE_TEST_IMAGE", "python:3.12-slim")
        yield Cluster(Path(os.environ["KUBECONFIG"]), os.environ.get("HEADRACE_TEST_NAMESPACE", "default"), image)
        return
    stand_in = StandIn(directory / "pods")
    try:
        path = directory / "kubeconfig"
        path.write_text(kubeconfig(stand_in.url, TOKEN))
        yield Cluster(path, "default", IMAGE, stand_in)
    finally:
        stand_in.close()


def kubeconfig(url: str, token: str) -> str:
    """Returns the text of a kubeconfig."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": url}}],
            "users": [{"name": "tester", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "tester", "namespace": "default"}}],
        }
    )


def unique(prefix: str) -> str:
    """Returns a name that no other test has."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


__all__ = ["ApiError", "Cluster", "kubeconfig", "open_cluster", "unique"]

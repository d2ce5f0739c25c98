from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from headrace_codeloc.engines.kubernetes import SETTINGS
from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine
from rig.kubernetes.cluster import Cluster, open_cluster
from rig.kubernetes.server import StandIn

OpenEngine = Callable[..., KubernetesEngine]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with open_cluster(tmp_path_factory.mktemp("kubernetes")) as opened:
        yield opened


@pytest.fixture
def stand_in(cluster: Cluster) -> StandIn:
    if cluster.stand_in is None:
        pytest.skip("only the stand-in lets a test break the API server, or use up a node")
    return cluster.stand_in


@pytest_asyncio.fixture
async def open_engine(cluster: Cluster) -> AsyncIterator[OpenEngine]:
    opened: list[KubernetesEngine] = []

    def open_one(patience_seconds: float = 60.0, **more: Any) -> KubernetesEngine:
        settings = SETTINGS.of(cluster.config(**more), "run_launcher.config")
        opened.append(KubernetesEngine(settings, patience_seconds=patience_seconds))
        return opened[-1]

    yield open_one
    for engine in opened:
        await engine.close()

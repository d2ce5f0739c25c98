"""Fixtures of the faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.bench import Bench
from faults.witness import FILE_VARIABLE
from headrace.faults import ONCE_VARIABLE
from rig.cluster import Cluster
from rig.postgres import PostgresServer
from rig.processes import SUPERVISOR, Supervisor

WITNESSED = Path(__file__).parent / "locations/witnessed.py"


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file to which user code that a test starts appends what it does."""
    file = tmp_path / "witness"
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    return file


@pytest.fixture(scope="module")
def shared_bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Bench]:
    """A cluster for all tests of a module, with the module's `SETTINGS` and, if it has its own, `DEFINITIONS`."""
    directory = tmp_path_factory.mktemp("bench")
    for name in ("home", "processes", "fired"):
        (directory / name).mkdir()
    witness, fired = directory / "witness", directory / "fired"
    database_url = postgres_server.create_database()
    supervisor = Supervisor(directory / "processes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE_VARIABLE, str(witness))
        patch.setenv(ONCE_VARIABLE, str(fired))
        definitions = getattr(request.module, "DEFINITIONS", WITNESSED)
        cluster = Cluster(directory / "home", supervisor, database_url, definitions, settings=request.module.SETTINGS)
        cluster.start()
        yield Bench(cluster, database_url, witness, fired)
        supervisor.close()
    postgres_server.drop_database(database_url)


@pytest.fixture
def bench(request: pytest.FixtureRequest, shared_bench: Bench) -> Bench:
    """The module's cluster; the output of its processes is shown when the test fails."""
    request.node.stash[SUPERVISOR] = shared_bench.cluster.supervisor
    return shared_bench

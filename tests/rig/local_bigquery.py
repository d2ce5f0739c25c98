"""A server that speaks the protocol of BigQuery, where one is installed: `make bigquery` does that, on Python 3.13."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rig.ports import free_ports
from rig.processes import Supervisor
from rig.waiting import wait_until

PROGRAM = Path(__file__).parents[2] / ".venv-bigquery/bin/local-bigquery"
PROJECT = "tests"


@dataclass(frozen=True)
class BigQueryServer:
    """A running server; it asks nobody who he is."""

    endpoint: str

    def client(self) -> Any:
        """A client of it."""
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery

        return bigquery.Client(
            PROJECT, credentials=AnonymousCredentials(), client_options={"api_endpoint": self.endpoint}
        )

    def create_dataset(self) -> str:
        """Makes a dataset with a name of its own."""
        name = f"dataset_{uuid.uuid4().hex[:12]}"
        with self.client() as client:
            client.create_dataset(name, timeout=5, retry=None)
        return name

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.client() as client:
            return [tuple(row) for row in client.query(query).result()]


@pytest.fixture(scope="session")
def bigquery_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigQueryServer]:
    """The BigQuery of this worker's tests."""
    if not PROGRAM.exists():
        pytest.skip("no BigQuery server is installed: run make bigquery, on a machine that has Python 3.13")
    directory = tmp_path_factory.mktemp("bigquery")
    http, grpc = free_ports(2)
    supervisor = Supervisor(directory)
    try:
        supervisor.start(
            "bigquery",
            [
                *(PROGRAM, "serve", "--host", "127.0.0.1", "--port", str(http), "--grpc-port", str(grpc)),
                *("--data-dir", directory / "data"),
            ],
        )
        server = BigQueryServer(f"http://127.0.0.1:{http}")
        wait_until(server.create_dataset, timeout=40, what="the BigQuery server answering", retry_on=(Exception,))
        yield server
    finally:
        supervisor.close()

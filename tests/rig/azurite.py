"""A server that speaks the protocol of Azure Blob Storage: Azurite, started when the first test of a worker asks for it."""

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

PROGRAM = Path(__file__).parent / "azurite/node_modules/.bin/azurite-blob"
ACCOUNT = "headracetests"
KEY = "aGVhZHJhY2UtdGVzdHMtYWNjb3VudC1rZXk="


@dataclass(frozen=True)
class AzureServer:
    """A running server with one account."""

    endpoint: str

    def client(self) -> Any:
        """A client that may do everything."""
        from azure.storage.blob import BlobServiceClient

        return BlobServiceClient(self.endpoint, credential=KEY, retry_total=0)

    def create_container(self) -> str:
        """Makes a container with a name of its own."""
        name = f"container-{uuid.uuid4().hex[:12]}"
        with self.client() as client:
            client.create_container(name)
        return name

    def keys(self, container: str) -> list[str]:
        """The names of the blobs in a container, sorted."""
        with self.client() as client:
            return sorted(client.get_container_client(container).list_blob_names())

    def read(self, container: str, key: str) -> bytes:
        """The content of a blob."""
        with self.client() as client:
            data: bytes = client.get_blob_client(container, key).download_blob().readall()
        return data


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureServer]:
    """The Azure Blob Storage of this worker's tests."""
    if not PROGRAM.exists():
        pytest.skip(f"Azurite is not installed: run npm ci in {PROGRAM.parents[2]}")
    directory = tmp_path_factory.mktemp("azurite")
    (port,) = free_ports(1)
    supervisor = Supervisor(directory)
    command = [PROGRAM, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--inMemoryPersistence"]
    try:
        supervisor.start(
            "azurite",
            [*command, "--blobHost", "127.0.0.1", "--blobPort", str(port)],
            env={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"},
            cwd=directory,
        )
        server = AzureServer(f"http://127.0.0.1:{port}/{ACCOUNT}")
        wait_until(server.create_container, timeout=30, what="Azurite answering", retry_on=(Exception,))
        yield server
    finally:
        supervisor.close()


@pytest.fixture
def azure_container(azure_server: AzureServer) -> str:
    """A container that belongs to this test alone."""
    return azure_server.create_container()

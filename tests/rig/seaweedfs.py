"""A real S3 server with users of different rights: SeaweedFS, started when the first test of a worker asks for it."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rig.ports import free_ports
from rig.processes import Supervisor
from rig.waiting import wait_until

REGION = "us-east-1"
ACCESS_KEY, SECRET_KEY = "root", "root123!"
WRITER_KEY, WRITER_SECRET = "writer", "writer-secret"
READER_KEY, READER_SECRET = "reader", "reader-secret"


def _user(name: str, key: str, secret: str, *actions: str) -> dict[str, Any]:
    return {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}


_ROOT = _user("root", ACCESS_KEY, SECRET_KEY, "Admin")
_WRITER = _user("writer", WRITER_KEY, WRITER_SECRET, "Read", "List", "Write")
_READER = _user("reader", READER_KEY, READER_SECRET, "Read", "List")


@dataclass(frozen=True)
class S3Server:
    """A running server; `root` may do everything, `writer` makes no buckets, `reader` may only look."""

    endpoint: str

    def client(self) -> Any:
        """A client that may do everything."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )

    def create_bucket(self) -> str:
        """Makes a bucket with a name of its own."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.client().create_bucket(Bucket=name)
        return name

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """The keys in a bucket, sorted."""
        answer = self.client().list_objects_v2(Bucket=bucket, Prefix=prefix)
        return sorted(each["Key"] for each in answer.get("Contents", ()))

    def read(self, bucket: str, key: str) -> bytes:
        """The content of an object."""
        body: bytes = self.client().get_object(Bucket=bucket, Key=key)["Body"].read()
        return body


def start(supervisor: Supervisor, directory: Path) -> S3Server:
    """Starts a server, and waits until it answers."""
    users = directory / "users.json"
    users.write_text(json.dumps({"identities": [_ROOT, _WRITER, _READER]}))
    (directory / "data").mkdir()
    *ports, s3 = free_ports(8)
    names = (
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "filer.port",
        "filer.port.grpc",
        "s3.port.grpc",
    )
    supervisor.start(
        "seaweedfs",
        [
            Path(sys.executable).with_name("weed"),
            f"-logdir={directory}",  # by default it litters the machine's directory for temporary files
            "server",
            f"-dir={directory / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-s3.config={users}",
            f"-s3.port={s3}",
            *(f"-{name}={port}" for name, port in zip(names, ports, strict=True)),
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            # Each bucket has volumes of its own.
            "-volume.max=5000",
        ],
    )
    server = S3Server(f"http://127.0.0.1:{s3}")
    wait_until(lambda: _answers(server), timeout=30, what="SeaweedFS answering", retry_on=(Exception,))
    return server


def _answers(server: S3Server) -> bool:
    client, bucket = server.client(), server.create_bucket()
    client.put_object(Bucket=bucket, Key="probe", Body=b"x")
    return True


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The S3 server of this worker's tests."""
    directory = tmp_path_factory.mktemp("seaweedfs")
    supervisor = Supervisor(directory)
    try:
        yield start(supervisor, directory)
    finally:
        # Asked to end, it takes its time.
        supervisor.processes[0].kill()
        supervisor.close()


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> str:
    """A bucket that belongs to this test alone."""
    return s3_server.create_bucket()

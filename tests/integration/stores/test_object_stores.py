"""What a bucket does, whoever provides it: the same promises, against a real server each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from headrace.errors import StoredFileNotFoundError, StoreError
from headrace.integrations.aws.clients import Credentials, make_client
from headrace.integrations.aws.s3_store import S3ClientStore
from headrace.integrations.azure.blob_store import AzureAccess, open_container
from headrace.integrations.gcp.gcs_store import GcsClientStore
from headrace.integrations.objects.store import ObjectStore
from headrace.integrations.obstore import S3ComputeLogManager
from rig.azurite import ACCOUNT, KEY, AzureServer
from rig.fake_gcs import GcsServer
from rig.ports import free_ports
from rig.seaweedfs import REGION, WRITER_KEY, WRITER_SECRET, S3Server

Open = Callable[[str], ObjectStore]
PROVIDERS = ("s3", "s3 through obstore", "gcs", "azure")
LARGE = bytes(range(256)) * 50_000


def open_s3(endpoint: str, bucket: str) -> ObjectStore:
    credentials = Credentials(access_key_id=WRITER_KEY, secret_access_key=WRITER_SECRET)
    return S3ClientStore(make_client("s3", credentials, endpoint_url=endpoint, max_attempts=1), bucket)


def open_s3_through_obstore(endpoint: str, bucket: str) -> ObjectStore:
    return S3ComputeLogManager(
        bucket=bucket,
        endpoint=endpoint,
        allow_http=True,
        region=REGION,
        access_key_id=WRITER_KEY,
        secret_access_key=WRITER_SECRET,
        extra_s3_args={"retry_config": {"max_retries": 0}},
    ).bucket_store


def open_gcs(endpoint: str, bucket: str) -> ObjectStore:
    return GcsClientStore(GcsServer(endpoint).client(), bucket, retry_seconds=1.0)


def open_azure(endpoint: str, bucket: str) -> ObjectStore:
    access = AzureAccess(
        ACCOUNT,
        {"account_key": KEY},
        endpoint=endpoint,
        extra_settings={"retry_config": {"max_retries": 0}},
    )
    return open_container(access, bucket, "set them")


OPEN = dict(zip(PROVIDERS, (open_s3, open_s3_through_obstore, open_gcs, open_azure), strict=True))


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(provider: str, request: pytest.FixtureRequest) -> S3Server | GcsServer | AzureServer:
    fixture = {"gcs": "gcs_server", "azure": "azure_server"}.get(provider, "s3_server")
    found: S3Server | GcsServer | AzureServer = request.getfixturevalue(fixture)
    return found


@pytest.fixture
def bucket(server: S3Server | GcsServer | AzureServer) -> str:
    return server.create_container() if isinstance(server, AzureServer) else server.create_bucket()


@pytest.fixture
def store(provider: str, server: S3Server | GcsServer | AzureServer, bucket: str) -> ObjectStore:
    return OPEN[provider](server.endpoint, bucket)


def test_what_is_put_is_there(store: ObjectStore, bucket: str, server: S3Server | GcsServer | AzureServer) -> None:
    store.put("a/b", b"value")
    assert store.get("a/b") == b"value"
    assert store.exists("a/b") and not store.exists("a/c")
    assert server.read(bucket, "a/b") == b"value"
    store.put("a/b", b"other")
    assert store.get("a/b") == b"other"


def test_a_large_object_is_whole(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(LARGE)
    store.put_file("from-file", tmp_path / "large")
    store.put("from-memory", LARGE)
    assert store.get("from-file") == store.get("from-memory") == LARGE


def test_a_part_of_an_object_is_read(store: ObjectStore) -> None:
    store.put("key", b"0123456789")
    assert store.get_range("key", 2, 3) == b"234"
    assert store.get_range("key", 8, 100) == b"89"
    assert store.get_range("key", 10, 5) == store.get_range("key", 99, 5) == b""
    assert store.get_range("other", 0, 5) is None


def test_a_folder_has_its_entries_and_no_others(store: ObjectStore) -> None:
    for key in ("logs/one", "logs/deep/two", "logs-other/three", "four"):
        store.put(key, b"xx")
    entries = {entry.key: entry.size for entry in store.entries("logs")}
    assert entries == {"logs/one": 2, "logs/deep/two": 2}
    assert list(store.entries("none")) == []


def test_what_is_deleted_is_gone_and_what_was_never_there_is_no_error(store: ObjectStore) -> None:
    for key in ("one", "two", "three"):
        store.put(key, b"x")
    store.delete(["one", "never", "two"])
    store.delete(["never"])
    store.delete([])
    assert [store.exists(key) for key in ("one", "two", "three")] == [False, False, True]


def test_an_object_that_is_not_there_is_named(store: ObjectStore) -> None:
    with pytest.raises(StoredFileNotFoundError) as caught:
        store.get("a/b")
    assert str(caught.value) == (
        f"{store.url('a/b')} is not there: it has not been produced yet, or was stored elsewhere or removed."
    )


def test_a_bucket_that_is_not_there_is_named(provider: str, server: S3Server | GcsServer | AzureServer) -> None:
    store = OPEN[provider](server.endpoint, "no-such-bucket")
    with pytest.raises(StoreError) as caught:
        store.get("a/b")
    assert str(caught.value) == (
        f"There is no {store.word} 'no-such-bucket' at {store.place}: create it, or correct the name."
    )


def test_a_server_that_is_away_is_named(provider: str) -> None:
    nobody = f"http://127.0.0.1:{free_ports(1)[0]}"
    store = OPEN[provider](f"{nobody}/{ACCOUNT}" if provider == "azure" else nobody, "bucket")
    with pytest.raises(StoreError) as caught:
        store.get("a/b")
    assert str(caught.value) == (
        f"{store.place} cannot be reached to read {store.url('a/b')}: check the address and the network."
    )

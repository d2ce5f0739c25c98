"""Files in buckets, against a server each that speaks the protocol."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import headrace as dg
from headrace.errors import InvalidInvocationError, StoredFileNotFoundError, StoreError
from headrace.integrations.aws import S3FileHandle, S3FileManagerResource, s3_file_manager
from headrace.integrations.azure import ADLS2FileHandle, adls2_file_manager
from headrace.integrations.gcp import GCSFileHandle, GCSFileManagerResource, gcs_file_manager
from rig.azurite import ACCOUNT, KEY, AzureServer
from rig.fake_gcs import GcsServer
from rig.seaweedfs import ACCESS_KEY, SECRET_KEY, WRITER_KEY, WRITER_SECRET, S3Server

LARGE = b"0123456789abcdef" * (600 * 1024)
"""More than is read at a time."""


def s3_config(server: S3Server, bucket: str) -> dict[str, Any]:
    return {
        "endpoint_url": server.endpoint,
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": SECRET_KEY,
        "s3_bucket": bucket,
    }


def azure_config(server: AzureServer, container: str) -> dict[str, Any]:
    return {
        "storage_account": ACCOUNT,
        "credential": {"key": KEY},
        "endpoint": server.endpoint,
        "adls2_file_system": container,
    }


@contextmanager
def opened(resource: Any, config: dict[str, Any]) -> Iterator[Any]:
    with dg.build_resources({"files": resource.configured(config)}) as resources:
        yield resources.files


@pytest.fixture(params=["s3", "gcs", "azure"])
def files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A file manager of each kind."""
    value = request.getfixturevalue
    if request.param == "s3":
        resource, config = s3_file_manager, s3_config(value("s3_server"), value("s3_bucket"))
    elif request.param == "azure":
        resource, config = adls2_file_manager, azure_config(value("azure_server"), value("azure_container"))
    else:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", value("gcs_server").endpoint)
        resource, config = gcs_file_manager, {"project": "tests", "gcs_bucket": value("gcs_bucket")}
    with opened(resource, config) as manager:
        yield manager


def test_a_file_is_kept_and_read_in_every_way(files: Any) -> None:
    handle = files.write_data(LARGE, ext="bin")
    assert files.read_data(handle) == LARGE
    copy = Path(files.copy_handle_to_local_temp(handle))
    assert copy.read_bytes() == LARGE
    assert copy.suffix == ".bin"
    with files.read(handle) as file:
        assert file.read() == LARGE
    files.delete_local_temp()
    assert not copy.exists()

    words = files.write(io.StringIO("häß\n"), mode="w", ext=".txt")
    with files.read(words, "r") as file:
        assert file.read() == "häß\n"
    assert words.path_desc.endswith(".txt")
    assert "/dagster/" in words.path_desc

    empty = files.write(io.BytesIO(b""))
    assert Path(files.copy_handle_to_local_temp(empty)).read_bytes() == b""


def test_what_is_not_there_or_not_of_this_kind_is_refused(files: Any) -> None:
    kept = files.write_data(b"1")
    account = [ACCOUNT] if isinstance(kept, ADLS2FileHandle) else []
    gone = type(kept)(*account, kept.bucket, "no/such/file")
    with pytest.raises(StoredFileNotFoundError, match="no/such/file is not there"):
        files.copy_handle_to_local_temp(gone)
    other = S3FileHandle("bucket", "key") if not isinstance(kept, S3FileHandle) else GCSFileHandle("bucket", "key")
    with pytest.raises(InvalidInvocationError, match="another manager keeps it"):
        files.read_data(other)


def test_a_bucket_that_is_not_there_says_what_to_do(s3_server: S3Server) -> None:
    who = {"aws_access_key_id": WRITER_KEY, "aws_secret_access_key": WRITER_SECRET}
    with opened(s3_file_manager, {**s3_config(s3_server, "no-such-bucket"), **who}) as files:
        handle = S3FileHandle("no-such-bucket", "file")
        for read in (files.read_data, files.copy_handle_to_local_temp):
            with pytest.raises(StoreError, match="There is no bucket 'no-such-bucket' at .*: create it, or correct"):
                read(handle)


def test_ops_hand_files_on(s3_server: S3Server, s3_bucket: str) -> None:
    @dg.op
    def writes(files: S3FileManagerResource) -> S3FileHandle:
        handle = files.get_client().write_data(b"ten")
        assert isinstance(handle, S3FileHandle)
        return handle

    @dg.op
    def reads(files: S3FileManagerResource, handle: S3FileHandle) -> str:
        return f"{files.get_client().read_data(handle).decode()} of {handle.s3_bucket}"

    @dg.job
    def both() -> None:
        reads(writes())

    resources = {"files": S3FileManagerResource(**s3_config(s3_server, s3_bucket), s3_prefix="here")}
    result = both.execute_in_process(resources=resources)
    assert result.output_for_node("reads") == f"ten of {s3_bucket}"
    (key,) = s3_server.keys(s3_bucket)
    assert result.output_for_node("writes") == S3FileHandle(s3_bucket, key)
    assert key.startswith("here/")


def test_the_resource_of_gcs_makes_the_same_manager(
    gcs_server: GcsServer, gcs_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_server.endpoint)
    files = GCSFileManagerResource(project="tests", gcs_bucket=gcs_bucket, gcs_prefix="here").get_client()
    handle = files.write_data(b"1")
    assert isinstance(handle, GCSFileHandle)
    assert handle.gcs_path == f"gs://{gcs_bucket}/{handle.gcs_key}"
    assert gcs_server.keys(gcs_bucket) == [handle.gcs_key]

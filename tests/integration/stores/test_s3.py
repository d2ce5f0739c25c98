"""Values in buckets of a real S3 server."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import pytest

from headrace import (
    AssetExecutionContext,
    AssetIn,
    Definitions,
    ExecuteInProcessResult,
    Out,
    ResourceDefinition,
    StaticPartitionsDefinition,
    asset,
    job,
    materialize,
    op,
)
from headrace.errors import InvalidConfigError, StoredFileNotFoundError, StoreError
from headrace.integrations.aws import S3PickleIOManager, S3Resource, s3_pickle_io_manager, s3_resource
from rig.ports import free_ports
from rig.seaweedfs import ACCESS_KEY, READER_KEY, READER_SECRET, SECRET_KEY, WRITER_KEY, WRITER_SECRET, S3Server

COLOURS = StaticPartitionsDefinition(["red", "green/dark"])


@asset
def numbers() -> list[int]:
    return [1, 2, 3]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset(partitions_def=COLOURS, key_prefix="shades")
def shade(context: AssetExecutionContext) -> str:
    return context.partition_key.upper()


@asset(ins={"shade": AssetIn(key_prefix="shades")})
def shades(shade: Mapping[str, str]) -> list[str]:
    return sorted(shade.values())


@op
def one() -> int:
    return 1


@op(out=Out(io_manager_key="io_manager"))
def add_one(number: int) -> int:
    return number + 1


@job
def adding() -> None:
    add_one(one())


def resource(server: S3Server, **changed: Any) -> S3Resource:
    given = {
        "endpoint_url": server.endpoint,
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": SECRET_KEY,
        "max_attempts": 1,
    }
    return S3Resource(**{**given, **changed})


def manager(server: S3Server, bucket: str, prefix: str = "dagster", **changed: Any) -> dict[str, Any]:
    s3 = resource(server, **changed)
    return {"io_manager": S3PickleIOManager(s3_resource=s3, s3_bucket=bucket, s3_prefix=prefix)}


def older_style(server: S3Server, bucket: str) -> dict[str, ResourceDefinition]:
    return {
        "io_manager": s3_pickle_io_manager.configured({"s3_bucket": bucket, "s3_prefix": "old"}),
        "s3": s3_resource.configured(
            {
                "endpoint_url": server.endpoint,
                "use_ssl": False,
                "aws_access_key_id": ACCESS_KEY,
                "aws_secret_access_key": SECRET_KEY,
            }
        ),
    }


def fails(server: S3Server, bucket: str, **changed: Any) -> str:
    """Stores a value, and returns what is wrong with that."""
    with pytest.raises(StoreError) as caught:
        materialize([numbers], resources=manager(server, bucket, **changed))
    return str(caught.value)


def test_assets_go_where_their_keys_say(s3_server: S3Server, s3_bucket: str) -> None:
    result = materialize([numbers, total], resources=manager(s3_server, s3_bucket))
    assert result.output_for_node("total") == 6
    assert s3_server.keys(s3_bucket) == ["dagster/numbers", "dagster/total"]
    assert pickle.loads(s3_server.read(s3_bucket, "dagster/numbers")) == [1, 2, 3]


def test_outputs_of_ops_go_where_their_run_and_step_say(s3_server: S3Server, s3_bucket: str) -> None:
    defs = Definitions(jobs=[adding], resources=manager(s3_server, s3_bucket, "values/"))
    result: ExecuteInProcessResult = defs.resolve_job_def("adding").execute_in_process()
    assert result.output_for_node("add_one") == 2
    stem = f"values/storage/{result.run_id}"
    assert s3_server.keys(s3_bucket) == [f"{stem}/add_one/result", f"{stem}/one/result"]


def test_partitions_go_below_their_asset_and_are_loaded_together(s3_server: S3Server, s3_bucket: str) -> None:
    resources = manager(s3_server, s3_bucket)
    for key in COLOURS.get_partition_keys():
        materialize([shade], resources=resources, partition_key=key)
    assert s3_server.keys(s3_bucket) == ["dagster/shades/shade/green/dark", "dagster/shades/shade/red"]
    result = materialize([shade, shades], selection=[shades], resources=resources)
    assert result.output_for_node("shades") == ["GREEN/DARK", "RED"]


def test_the_older_style_stores_in_the_same_way(s3_server: S3Server, s3_bucket: str) -> None:
    defs = Definitions(assets=[numbers, total], resources=older_style(s3_server, s3_bucket))
    result = defs.get_implicit_global_asset_job_def().execute_in_process()
    assert result.output_for_node("total") == 6
    assert s3_server.keys(s3_bucket) == ["old/numbers", "old/total"]


def test_a_value_is_told_with_its_place_and_size(s3_server: S3Server, s3_bucket: str) -> None:
    result = materialize([numbers], resources=manager(s3_server, s3_bucket))
    metadata = result.asset_materializations_for_node("numbers")[0].metadata
    assert metadata["uri"].value == f"s3://{s3_bucket}/dagster/numbers"
    assert metadata["size_bytes"].value == len(s3_server.read(s3_bucket, "dagster/numbers"))


def test_a_large_value_is_stored_whole(s3_server: S3Server, s3_bucket: str) -> None:
    @asset
    def large() -> bytes:
        return bytes(range(256)) * 40_000

    materialize([large], resources=manager(s3_server, s3_bucket))
    assert pickle.loads(s3_server.read(s3_bucket, "dagster/large")) == bytes(range(256)) * 40_000


def test_an_op_may_use_the_client_itself(s3_server: S3Server, s3_bucket: str) -> None:
    @asset
    def note(s3: S3Resource) -> None:
        s3.get_client().put_object(Bucket=s3_bucket, Key="note", Body=b"hello")

    materialize([note], resources={"s3": resource(s3_server)})
    assert s3_server.read(s3_bucket, "note") == b"hello"


def test_a_value_that_is_gone_is_named(s3_server: S3Server, s3_bucket: str) -> None:
    with pytest.raises(StoredFileNotFoundError) as caught:
        materialize([numbers, total], selection=[total], resources=manager(s3_server, s3_bucket))
    assert str(caught.value) == (
        f"s3://{s3_bucket}/dagster/numbers is not there: it has not been produced yet, or was stored elsewhere or removed."
    )


def test_a_bucket_that_is_not_there_is_named(s3_server: S3Server) -> None:
    credentials = {"aws_access_key_id": WRITER_KEY, "aws_secret_access_key": WRITER_SECRET}
    with pytest.raises(StoreError) as caught:
        resources = manager(s3_server, "no-such-bucket", **credentials)
        materialize([numbers, total], selection=[total], resources=resources)
    assert str(caught.value) == (
        f"There is no bucket 'no-such-bucket' at {s3_server.endpoint}: create it, or correct the name."
    )


@pytest.mark.parametrize("wrong", [{"aws_access_key_id": "nobody"}, {"aws_secret_access_key": "wrong"}])
def test_wrong_credentials_are_told_without_showing_them(
    s3_server: S3Server, s3_bucket: str, wrong: dict[str, str]
) -> None:
    message = fails(s3_server, s3_bucket, **wrong)
    assert message.startswith(f"{s3_server.endpoint} does not accept the credentials for bucket '{s3_bucket}'")
    assert not {ACCESS_KEY, SECRET_KEY, *wrong.values()} & set(message.split())


def test_missing_credentials_are_told_with_where_to_set_them(
    s3_server: S3Server, s3_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    message = fails(s3_server, s3_bucket, aws_access_key_id=None, aws_secret_access_key=None)
    assert message == (
        f"No credentials for {s3_server.endpoint} were found: set them on the S3 resource, or in the environment as boto3 "
        "reads it."
    )


def test_a_right_that_is_missing_is_named(s3_server: S3Server, s3_bucket: str) -> None:
    message = fails(s3_server, s3_bucket, aws_access_key_id=READER_KEY, aws_secret_access_key=READER_SECRET)
    assert message == (
        f"The credentials are not allowed to write s3://{s3_bucket}/dagster/numbers: give them that right on the bucket, "
        "or use others."
    )


def test_a_server_that_is_away_is_named(s3_server: S3Server, s3_bucket: str) -> None:
    nobody = f"http://127.0.0.1:{free_ports(1)[0]}"
    message = fails(s3_server, s3_bucket, endpoint_url=nobody)
    assert message.startswith(f"{nobody} cannot be reached to write s3://{s3_bucket}/dagster/numbers")


def test_the_older_style_names_what_its_config_lacks() -> None:
    with pytest.raises(InvalidConfigError, match="s3_bucket"):
        s3_pickle_io_manager.configured({"s3_prefix": "old"})

"""Code written for Dagster's companion libraries, as it is: under the import hook it stores where it says."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

from rig.seaweedfs import ACCESS_KEY, SECRET_KEY, S3Server

PROGRAM = """
    import os

    import pandas as pd
    import polars as pl
    from dagster import AssetIn, EnvVar, asset, materialize
    from dagster_aws.s3 import S3PickleIOManager, S3Resource
    from dagster_duckdb import DuckDBResource
    from dagster_duckdb_pandas import DuckDBPandasIOManager
    from dagster_polars import PolarsParquetIOManager

    @asset(io_manager_key="pickles")
    def numbers():
        return [1, 2, 3]

    @asset(io_manager_key="tables")
    def table(numbers) -> pd.DataFrame:
        return pd.DataFrame({"number": numbers})

    @asset(io_manager_key="files")
    def file(table: pd.DataFrame) -> pl.DataFrame:
        return pl.from_pandas(table)

    @asset(io_manager_key="pickles")
    def total(file: pl.DataFrame, duckdb: DuckDBResource):
        with duckdb.get_connection() as connection:
            assert connection.execute('SELECT sum(number) FROM shop.shop."table"').fetchone() == (6,)
        return int(file["number"].sum())

    s3 = S3Resource(
        endpoint_url=os.environ["S3_ENDPOINT"],
        aws_access_key_id=EnvVar("S3_KEY"),
        aws_secret_access_key=EnvVar("S3_SECRET"),
    )
    result = materialize(
        [numbers, table, file, total],
        resources={
            "pickles": S3PickleIOManager(s3_resource=s3, s3_bucket=os.environ["S3_BUCKET"]),
            "tables": DuckDBPandasIOManager(database="shop.duckdb", schema="shop"),
            "files": PolarsParquetIOManager(base_dir="frames"),
            "duckdb": DuckDBResource(database="shop.duckdb"),
        },
    )
    assert result.success
"""

NAMES = """
    from dagster_k8s import k8s_job_op, execute_k8s_job, PipesK8sClient, k8s_job_executor, K8sConfigMergeBehavior
    from dagster_k8s.pipes import PipesK8sPodLogsMessageReader
    from dagster_docker import docker_container_op, execute_docker_container, PipesDockerClient
    from dagster_aws.s3 import S3FileManager, S3FileManagerResource, s3_file_manager, S3FileHandle
    from dagster_aws.secretsmanager import SecretsManagerResource, SecretsManagerSecretsResource, secretsmanager_resource, secretsmanager_secrets_resource
    from dagster_aws.ssm import SSMResource, ParameterStoreResource, ParameterStoreTag, ssm_resource, parameter_store_resource
    from dagster_aws.pipes import PipesECSClient, PipesCloudWatchMessageReader
    from dagster_gcp.gcs import GCSFileManagerResource, gcs_file_manager, GCSFileHandle
    from dagster_gcp.gcs.file_manager import GCSFileManager
    from dagster_azure.adls2 import adls2_file_manager, ADLS2FileHandle
"""


def test_what_the_libraries_document_is_there(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(textwrap.dedent(NAMES))
    command = [sys.executable, "-m", "headrace.compat.dagster", "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_program_runs_as_it_is(s3_server: S3Server, s3_bucket: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(textwrap.dedent(PROGRAM))
    done = subprocess.run(
        [sys.executable, "-m", "headrace.compat.dagster", "program.py"],
        cwd=tmp_path,
        env={
            **os.environ,
            "S3_ENDPOINT": s3_server.endpoint,
            "S3_BUCKET": s3_bucket,
            "S3_KEY": ACCESS_KEY,
            "S3_SECRET": SECRET_KEY,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert pickle.loads(s3_server.read(s3_bucket, "dagster/total")) == 6
    assert (tmp_path / "frames/file.parquet").exists()

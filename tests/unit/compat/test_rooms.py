"""Companion libraries that rooms of ours answer for: every name that guides of theirs import is there."""

from __future__ import annotations

import importlib

import pytest

from headrace.compat.dagster.companions import COMPANIONS
from headrace.compat.dagster.rooms import ROOMS

NAMES = {
    "dagster_aws": "S3PickleIOManager S3Resource s3_pickle_io_manager s3_resource S3ComputeLogManager",
    "dagster_gcp": "GCSPickleIOManager GCSResource gcs_pickle_io_manager gcs_resource BigQueryResource bigquery_resource "
    "BigQueryIOManager build_bigquery_io_manager GCSComputeLogManager",
    "dagster_gcp_pandas": "BigQueryPandasIOManager bigquery_pandas_io_manager BigQueryPandasTypeHandler",
    "dagster_gcp_pyspark": "BigQueryPySparkIOManager bigquery_pyspark_io_manager BigQueryPySparkTypeHandler",
    "dagster_azure": "ADLS2PickleIOManager ADLS2Resource ADLS2Key ADLS2SASToken ADLS2DefaultAzureCredential adls2_resource "
    "adls2_pickle_io_manager AzureBlobStorageResource AzureBlobStorageKeyCredential AzureBlobComputeLogManager",
    "dagster_docker": "docker_executor PipesDockerClient",
    "dagster_duckdb": "DuckDBResource DuckDBIOManager build_duckdb_io_manager",
    "dagster_duckdb_pandas": "DuckDBPandasIOManager duckdb_pandas_io_manager DuckDBPandasTypeHandler",
    "dagster_duckdb_polars": "DuckDBPolarsIOManager duckdb_polars_io_manager DuckDBPolarsTypeHandler",
    "dagster_obstore": "S3ComputeLogManager ADLSComputeLogManager GCSComputeLogManager",
    "dagster_polars": "PolarsParquetIOManager",
}


@pytest.mark.parametrize("library", NAMES)
def test_the_names_of_a_library_are_in_its_room(library: str) -> None:
    room = importlib.import_module(ROOMS[library].module)
    assert set(NAMES[library].split()) <= set(room.__all__)


@pytest.mark.parametrize("library", ROOMS)
def test_a_room_has_what_it_says_and_its_library_is_listed(library: str) -> None:
    room = importlib.import_module(ROOMS[library].module)
    assert all(hasattr(room, name) for name in room.__all__)
    assert library in COMPANIONS

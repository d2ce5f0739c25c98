"""Which rooms of ours answer for Dagster's companion libraries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """What answers for a library.

    Attributes:
        module: Our module that has the library's names.
        submodules: The library's own modules, below its name; they have the same names.
    """

    module: str
    submodules: frozenset[str] = frozenset()


def _room(module: str, submodules: str = "") -> Room:
    return Room(f"headrace.integrations.{module}", frozenset(submodules.split()))


ROOMS: Mapping[str, Room] = {
    "dagster_aws": _room(
        "aws",
        "s3 s3.resources s3.io_manager s3.compute_log_manager s3.file_manager ecs ecs.executor pipes "
        "secretsmanager secretsmanager.resources ssm ssm.resources",
    ),
    "dagster_azure": _room(
        "azure",
        "adls2 adls2.resources adls2.io_manager adls2.file_manager blob blob.resources blob.compute_log_manager",
    ),
    "dagster_docker": _room("docker", "ops ops.docker_container_op docker_executor pipes"),
    "dagster_duckdb": _room("duckdb", "resource io_manager"),
    "dagster_duckdb_pandas": _room("duckdb", "duckdb_pandas_type_handler"),
    "dagster_duckdb_polars": _room("duckdb", "duckdb_polars_type_handler"),
    "dagster_celery": _room("celery", "executor"),
    "dagster_celery_k8s": _room("celery_k8s", "executor"),
    "dagster_gcp": _room(
        "gcp",
        "gcs gcs.resources gcs.io_manager gcs.compute_log_manager gcs.file_manager bigquery bigquery.resources "
        "bigquery.io_manager",
    ),
    "dagster_gcp_pandas": _room("gcp", "bigquery bigquery.bigquery_pandas_type_handler"),
    "dagster_gcp_pyspark": _room("gcp", "bigquery bigquery.bigquery_pyspark_type_handler"),
    "dagster_k8s": _room("k8s", "executor ops ops.k8s_job_op pipes"),
    "dagster_obstore": _room(
        "obstore", "s3 s3.compute_log_manager azure azure.compute_log_manager gcs gcs.compute_log_manager"
    ),
    "dagster_polars": _room("parquet", "io_managers io_managers.parquet"),
}
"""Library → what answers for it."""

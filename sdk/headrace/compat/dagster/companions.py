"""Dagster's companion libraries, and what Headrace has for the same purpose."""

from __future__ import annotations

from collections.abc import Mapping

_DATAFRAMES = "an I/O manager of your own over a ConfigurableIOManager stores data frames"
_CLIENT = "wrap the client of the service in a ConfigurableResource"
_PROCESS = "start it from an op or asset, and wrap its client in a ConfigurableResource"
_TYPES = "a HeadraceType with your own check"

COMPANIONS: Mapping[str, str] = {
    "dagster_airbyte": _CLIENT,
    "dagster_airlift": _CLIENT,
    "dagster_aws": "the same import, or `headrace.integrations.aws`: S3, ECS, secrets, parameters, PipesECSClient",
    "dagster_azure": "the same import, or `headrace.integrations.azure`: Data Lake and Blob Storage",
    "dagster_celery": "the same import, or `headrace.integrations.celery`: steps as tasks",
    "dagster_celery_docker": "queue runs with the run queue of the instance file, and run steps with multiprocess_executor",
    "dagster_celery_k8s": "the same import, or `headrace.integrations.celery_k8s`: steps as Jobs that wait in queues",
    "dagster_census": _CLIENT,
    "dagster_cloud": "Headrace is its own control plane: headrace serve",
    "dagster_databricks": _PROCESS,
    "dagster_datadog": _CLIENT,
    "dagster_datahub": _CLIENT,
    "dagster_dbt": _PROCESS,
    "dagster_deltalake": _DATAFRAMES,
    "dagster_dg_core": "definitions are written in Python and loaded with load_definitions_from_module",
    "dagster_dlt": _PROCESS,
    "dagster_docker": "the same import, or `headrace.integrations.docker`: docker_executor, docker_container_op, PipesDockerClient",
    "dagster_duckdb": "the same import, or `headrace.integrations.duckdb`",
    "dagster_duckdb_pandas": "the same import, or `headrace.integrations.duckdb`",
    "dagster_duckdb_polars": "the same import, or `headrace.integrations.duckdb`",
    "dagster_embedded_elt": _PROCESS,
    "dagster_fivetran": _CLIENT,
    "dagster_gcp": "the same import, or `headrace.integrations.gcp`: Cloud Storage and BigQuery",
    "dagster_gcp_pandas": "the same import, or `headrace.integrations.gcp`",
    "dagster_gcp_pyspark": "the same import, or `headrace.integrations.gcp`",
    "dagster_github": _CLIENT,
    "dagster_graphql": "headrace.Client starts and follows runs",
    "dagster_k8s": "the same import, or `headrace.integrations.k8s`: k8s_job_executor, k8s_job_op, PipesK8sClient",
    "dagster_looker": _CLIENT,
    "dagster_managed_elements": _CLIENT,
    "dagster_mlflow": _CLIENT,
    "dagster_msteams": _CLIENT,
    "dagster_mysql": "the storage service keeps everything in PostgreSQL or SQLite",
    "dagster_obstore": "the same import, or `headrace.integrations.obstore`: compute logs",
    "dagster_openai": _CLIENT,
    "dagster_pagerduty": _CLIENT,
    "dagster_pandas": _TYPES,
    "dagster_pandera": _TYPES,
    "dagster_papertrail": "a @logger function with the handler of the service",
    "dagster_polars": "the same import of `PolarsParquetIOManager`, or `headrace.integrations.parquet`",
    "dagster_postgres": "the storage service keeps everything in PostgreSQL: give its URL in the instance file",
    "dagster_powerbi": _CLIENT,
    "dagster_prometheus": "every service has /metrics; push your own with the prometheus client from a resource",
    "dagster_pyspark": _PROCESS,
    "dagster_sigma": _CLIENT,
    "dagster_slack": _CLIENT,
    "dagster_sling": _PROCESS,
    "dagster_snowflake": _DATAFRAMES,
    "dagster_snowflake_pandas": _DATAFRAMES,
    "dagster_snowflake_pyspark": _DATAFRAMES,
    "dagster_spark": _PROCESS,
    "dagster_ssh": _CLIENT,
    "dagster_tableau": _CLIENT,
    "dagster_twilio": _CLIENT,
    "dagster_wandb": _CLIENT,
    "dagster_webserver": "the gateway serves HTTP and gRPC: headrace serve gateway",
    "dagstermill": "run the notebook with papermill from an asset",
}
"""Module → what to use instead."""

"""Google Cloud: `headrace[gcp]`, with `[pandas]` or `[pyspark]` for their data frames."""

from __future__ import annotations

from headrace.integrations.gcp.bigquery_handlers import BigQueryPandasTypeHandler, BigQueryPySparkTypeHandler
from headrace.integrations.gcp.bigquery_io_manager import (
    BigQueryIOManager,
    BigQueryPandasIOManager,
    BigQueryPySparkIOManager,
    bigquery_pandas_io_manager,
    bigquery_pyspark_io_manager,
    build_bigquery_io_manager,
)
from headrace.integrations.gcp.bigquery_resource import BigQueryResource, bigquery_resource
from headrace.integrations.gcp.compute_logs import GCSComputeLogManager
from headrace.integrations.gcp.gcs_file_manager import (
    GCSFileHandle,
    GCSFileManager,
    GCSFileManagerResource,
    gcs_file_manager,
)
from headrace.integrations.gcp.gcs_io_manager import GCSPickleIOManager, gcs_pickle_io_manager
from headrace.integrations.gcp.gcs_resource import GCSResource, gcs_resource

ConfigurablePickledObjectGCSIOManager = GCSPickleIOManager

__all__ = [
    "BigQueryIOManager",
    "BigQueryPandasIOManager",
    "BigQueryPandasTypeHandler",
    "BigQueryPySparkIOManager",
    "BigQueryPySparkTypeHandler",
    "BigQueryResource",
    "ConfigurablePickledObjectGCSIOManager",
    "GCSComputeLogManager",
    "GCSFileHandle",
    "GCSFileManager",
    "GCSFileManagerResource",
    "GCSPickleIOManager",
    "GCSResource",
    "bigquery_pandas_io_manager",
    "bigquery_pyspark_io_manager",
    "bigquery_resource",
    "build_bigquery_io_manager",
    "gcs_file_manager",
    "gcs_pickle_io_manager",
    "gcs_resource",
]

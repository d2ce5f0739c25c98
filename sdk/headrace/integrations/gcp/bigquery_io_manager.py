"""Values as tables of BigQuery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.integrations.gcp.bigquery_client import BigQueryAccess, BigQueryClient
from headrace.integrations.gcp.bigquery_handlers import BigQueryPandasTypeHandler, BigQueryPySparkTypeHandler
from headrace.integrations.tables.configurable import ConfigurableDbIOManager, older_style, with_handlers
from headrace.integrations.tables.io_manager import DbIOManager
from headrace.integrations.tables.type_handler import DbTypeHandler
from headrace.integrations.vendor import vendor


class BigQueryIOManager(ConfigurableDbIOManager):
    """Stores values as tables of BigQuery: say which types of values by `type_handlers`."""

    project: str = Field(description="The project.")
    dataset: str | None = Field(default=None, description="The dataset of what names none.")
    location: str | None = Field(default=None, description="Where jobs run and datasets are made.")
    gcp_credentials: str | None = Field(default=None, description="The key of a service account, in base64.")
    temporary_gcs_bucket: str | None = Field(
        default=None, description="A bucket for files on their way from PySpark; rows are written directly without one."
    )
    timeout: float | None = Field(
        default=None, description="Seconds that a job which writes or reads a data frame of pandas may take."
    )

    def create_io_manager(self, context: InitResourceContext) -> DbIOManager:
        """The I/O manager."""
        access = BigQueryAccess(self.project, self.location, self.gcp_credentials, self.timeout)
        return DbIOManager(
            type_handlers=self.type_handlers(),
            db_client=BigQueryClient(access),
            database=self.project,
            schema=self.dataset,
            io_manager_name=type(self).__name__,
            default_load_type=self.default_load_type(),
        )


class BigQueryPandasIOManager(BigQueryIOManager):
    """Stores data frames of pandas as tables of BigQuery."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """That of pandas."""
        return [BigQueryPandasTypeHandler()]

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """`pandas.DataFrame`."""
        found: type[Any] = vendor("pandas", "pandas").DataFrame
        return found


class BigQueryPySparkIOManager(BigQueryIOManager):
    """Stores data frames of PySpark as tables of BigQuery; the session needs Spark's connector to BigQuery."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """That of PySpark."""
        return [BigQueryPySparkTypeHandler()]

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """`pyspark.sql.DataFrame`."""
        found: type[Any] = vendor("pyspark.sql", "pyspark").DataFrame
        return found


def build_bigquery_io_manager(
    type_handlers: Sequence[DbTypeHandler[Any]], default_load_type: type[Any] | None = None
) -> IOManagerDefinition:
    """Makes an I/O manager that stores values as tables of BigQuery, in the older style.

    Args:
        type_handlers: One for each type of value.
        default_load_type: What inputs are loaded as that have no type annotation.
    """
    return with_handlers(BigQueryIOManager, type_handlers, default_load_type)  # type: ignore[type-abstract]


bigquery_pandas_io_manager = older_style(BigQueryPandasIOManager)
bigquery_pyspark_io_manager = older_style(BigQueryPySparkIOManager)

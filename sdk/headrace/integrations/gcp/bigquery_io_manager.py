"""Values as tables of BigQuery."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import Field

from headrace.config.fields import Field as ConfigField
from headrace.config.sources import StringSource
from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.integrations.gcp.bigquery_client import BigQueryAccess, BigQueryClient
from headrace.integrations.gcp.bigquery_handlers import BigQueryPandasTypeHandler, BigQueryPySparkTypeHandler
from headrace.integrations.tables.io_manager import DbIOManager
from headrace.integrations.tables.type_handler import DbTypeHandler
from headrace.integrations.vendor import vendor

_PROJECT = "The project."
_DATASET = "The dataset of what names none."
_LOCATION = "Where jobs run and datasets are made."
_CREDENTIALS = "The key of a service account, in base64."
_BUCKET = "A bucket for files on their way from PySpark; rows are written directly without one."
_TIMEOUT = "Seconds that a job which writes or reads a data frame of pandas may take."


class BigQueryIOManager(ConfigurableIOManagerFactory[DbIOManager]):
    """Stores values as tables of BigQuery: say which types of values by `type_handlers`."""

    project: str = Field(description=_PROJECT)
    dataset: str | None = Field(default=None, description=_DATASET)
    location: str | None = Field(default=None, description=_LOCATION)
    gcp_credentials: str | None = Field(default=None, description=_CREDENTIALS)
    temporary_gcs_bucket: str | None = Field(default=None, description=_BUCKET)
    timeout: float | None = Field(default=None, description=_TIMEOUT)

    @staticmethod
    @abstractmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """One handler for each type of value."""

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """What inputs are loaded as that have no type annotation."""
        return None

    def create_io_manager(self, context: InitResourceContext) -> DbIOManager:
        """The I/O manager."""
        return _manager(
            {name: getattr(self, name) for name in type(self).model_fields},
            self.type_handlers(),
            self.default_load_type(),
            type(self).__name__,
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
        return _pandas_frame()


class BigQueryPySparkIOManager(BigQueryIOManager):
    """Stores data frames of PySpark as tables of BigQuery; the session needs Spark's connector to BigQuery."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """That of PySpark."""
        return [BigQueryPySparkTypeHandler()]

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """`pyspark.sql.DataFrame`."""
        return _pyspark_frame()


def build_bigquery_io_manager(
    type_handlers: Sequence[DbTypeHandler[Any]], default_load_type: type[Any] | None = None
) -> IOManagerDefinition:
    """Makes an I/O manager that stores values as tables of BigQuery, in the older style.

    Args:
        type_handlers: One for each type of value.
        default_load_type: What inputs are loaded as that have no type annotation.
    """
    return _definition(type_handlers, lambda: default_load_type, "Stores values as tables of BigQuery.")


def _definition(
    type_handlers: Sequence[DbTypeHandler[Any]], default: Callable[[], type[Any] | None], text: str
) -> IOManagerDefinition:
    def make(context: InitResourceContext) -> DbIOManager:
        return _manager(context.resource_config, type_handlers, default(), "BigQueryIOManager")

    schema = {
        "project": ConfigField(StringSource, description=_PROJECT),
        "dataset": ConfigField(StringSource, is_required=False, description=_DATASET),
        "location": ConfigField(StringSource, is_required=False, description=_LOCATION),
        "gcp_credentials": ConfigField(StringSource, is_required=False, description=_CREDENTIALS),
        "temporary_gcs_bucket": ConfigField(StringSource, is_required=False, description=_BUCKET),
        "timeout": ConfigField(float, is_required=False, description=_TIMEOUT),
    }
    return IOManagerDefinition(make, schema, description=text)


def _manager(
    config: Mapping[str, Any], type_handlers: Sequence[DbTypeHandler[Any]], default: type[Any] | None, name: str
) -> DbIOManager:
    access = BigQueryAccess(
        config["project"], config.get("location"), config.get("gcp_credentials"), config.get("timeout")
    )
    return DbIOManager(
        type_handlers=type_handlers,
        db_client=BigQueryClient(access),
        database=config["project"],
        schema=config.get("dataset"),
        io_manager_name=name,
        default_load_type=default,
    )


def _pandas_frame() -> type[Any]:
    found: type[Any] = vendor("pandas", "pandas").DataFrame
    return found


def _pyspark_frame() -> type[Any]:
    found: type[Any] = vendor("pyspark.sql", "pyspark").DataFrame
    return found


bigquery_pandas_io_manager = _definition(
    [BigQueryPandasTypeHandler()], _pandas_frame, "Stores data frames of pandas as tables of BigQuery."
)
bigquery_pyspark_io_manager = _definition(
    [BigQueryPySparkTypeHandler()], _pyspark_frame, "Stores data frames of PySpark as tables of BigQuery."
)

"""Data frames as tables of BigQuery."""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.table import TableColumn, TableSchema
from headrace.definitions.metadata.values import MetadataValue
from headrace.integrations.gcp.bigquery_client import EMULATOR, BigQueryAccess, BigQueryClient, table_of
from headrace.integrations.gcp.bigquery_trouble import explained
from headrace.integrations.tables.slices import TableSlice
from headrace.integrations.tables.type_handler import DbTypeHandler
from headrace.integrations.vendor import vendor

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext


class BigQueryPandasTypeHandler(DbTypeHandler[Any]):
    """Data frames of pandas."""

    @property
    def supported_types(self) -> Sequence[type[Any]]:
        """`pandas.DataFrame`."""
        return [vendor("pandas", "pandas").DataFrame]

    def handle_output(
        self, context: OutputContext, table_slice: TableSlice, obj: Any, connection: Any
    ) -> Mapping[str, Any]:
        """Loads a data frame into the table, and tells how many rows and which columns it has."""
        bigquery, table = vendor("google.cloud.bigquery", "gcp"), table_of(table_slice)
        dispositions = bigquery.WriteDisposition
        partitioned = bool(table_slice.partition_dimensions)
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            write_disposition=dispositions.WRITE_APPEND if partitioned else dispositions.WRITE_TRUNCATE,
        )
        with explained("write", table):
            job = connection.load_table_from_file(_parquet(obj), table, rewind=True, job_config=config)
            job.result(timeout=_timeout(context))
        columns = [TableColumn(str(name), str(kind)) for name, kind in zip(obj.columns, obj.dtypes, strict=True)]
        return {
            "row_count": MetadataValue.int(len(obj)),
            "dataframe_columns": MetadataValue.table_schema(TableSchema(columns)),
        }

    def load_input(self, context: InputContext, table_slice: TableSlice, connection: Any) -> Any:
        """Reads the table as a data frame."""
        statement = BigQueryClient(BigQueryAccess(None)).get_select_statement(table_slice)
        with explained("read", table_of(table_slice)):
            rows = connection.query(statement).result(timeout=_timeout(context))
            return rows.to_arrow(create_bqstorage_client=_has_storage_api()).to_pandas()


class BigQueryPySparkTypeHandler(DbTypeHandler[Any]):
    """Data frames of PySpark, through Spark's connector to BigQuery, which the session must have."""

    @property
    def supported_types(self) -> Sequence[type[Any]]:
        """`pyspark.sql.DataFrame`."""
        return [vendor("pyspark.sql", "pyspark").DataFrame]

    def handle_output(
        self, context: OutputContext, table_slice: TableSlice, obj: Any, connection: Any
    ) -> Mapping[str, Any]:
        """Has Spark write the table, and tells which columns it has."""
        mode = "append" if table_slice.partition_dimensions else "overwrite"
        obj.write.format("bigquery").options(**_spark_options(context, table_slice)).mode(mode).save()
        columns = [TableColumn(each.name, each.dataType.typeName()) for each in obj.schema.fields]
        return {"dataframe_columns": MetadataValue.table_schema(TableSchema(columns))}

    def load_input(self, context: InputContext, table_slice: TableSlice, connection: Any) -> Any:
        """Has Spark read the table; it leaves to BigQuery what the condition leaves out."""
        session = vendor("pyspark.sql", "pyspark").SparkSession.builder.getOrCreate()
        frame = session.read.format("bigquery").options(**_spark_options(context, table_slice)).load()
        if table_slice.condition:
            frame = frame.where(table_slice.condition)
        return frame.select(*table_slice.columns) if table_slice.columns else frame


def _spark_options(context: InputContext | OutputContext, table_slice: TableSlice) -> dict[str, str]:
    config = context.resource_config or {}
    options = {"table": table_of(table_slice)}
    bucket, credentials = config.get("temporary_gcs_bucket"), config.get("gcp_credentials")
    # Without a bucket for files on their way, rows are written directly.
    options |= {"temporaryGcsBucket": bucket} if bucket else {"writeMethod": "direct"}
    return options | ({"credentials": credentials} if credentials else {})


def _parquet(frame: Any) -> io.BytesIO:
    vendor("pyarrow", "pandas")
    buffer = io.BytesIO()
    # BigQuery knows no nanoseconds.
    frame.to_parquet(buffer, index=False, coerce_timestamps="us", allow_truncated_timestamps=True)
    return buffer


def _timeout(context: InputContext | OutputContext) -> float | None:
    found = (context.resource_config or {}).get("timeout")
    return None if found is None else float(found)


def _has_storage_api() -> bool:
    # Faster for large tables; a server that is not Google's has none.
    return not os.environ.get(EMULATOR) and importlib.util.find_spec("google.cloud.bigquery_storage") is not None

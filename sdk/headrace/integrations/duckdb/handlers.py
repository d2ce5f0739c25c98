"""Data frames as tables of DuckDB."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.table import TableColumn, TableSchema
from headrace.definitions.metadata.values import MetadataValue
from headrace.integrations.duckdb.client import DuckDbClient, read_rows, store_rows
from headrace.integrations.tables.slices import TableSlice
from headrace.integrations.tables.type_handler import DbTypeHandler
from headrace.integrations.vendor import vendor

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext


class _FrameHandler(DbTypeHandler[Any]):
    """Stores data frames that DuckDB reads by itself."""

    def handle_output(
        self, context: OutputContext, table_slice: TableSlice, obj: Any, connection: Any
    ) -> Mapping[str, Any]:
        """Stores a data frame, and tells how many rows and which columns it has."""
        frame = self._eager(obj)
        store_rows(frame, table_slice, connection)
        columns = [TableColumn(str(name), str(kind)) for name, kind in zip(frame.columns, frame.dtypes, strict=True)]
        return {
            "row_count": MetadataValue.int(len(frame)),
            "dataframe_columns": MetadataValue.table_schema(TableSchema(columns)),
        }

    def load_input(self, context: InputContext, table_slice: TableSlice, connection: Any) -> Any:
        """Loads a data frame."""
        statement = DuckDbClient(table_slice.database or "", {}).get_select_statement(table_slice)
        return self._read(read_rows(table_slice, statement, connection), context)

    def _eager(self, value: Any) -> Any:
        return value

    @abstractmethod
    def _read(self, result: Any, context: InputContext) -> Any: ...


class DuckDBPandasTypeHandler(_FrameHandler):
    """Data frames of pandas."""

    @property
    def supported_types(self) -> Sequence[type[Any]]:
        """`pandas.DataFrame`."""
        return [vendor("pandas", "pandas").DataFrame]

    def _read(self, result: Any, context: InputContext) -> Any:
        return result.df()


class DuckDBPolarsTypeHandler(_FrameHandler):
    """Data frames of Polars, lazy ones included."""

    @property
    def supported_types(self) -> Sequence[type[Any]]:
        """`polars.DataFrame` and `polars.LazyFrame`."""
        polars = vendor("polars", "polars")
        return [polars.DataFrame, polars.LazyFrame]

    def _eager(self, value: Any) -> Any:
        return value.collect() if isinstance(value, vendor("polars", "polars").LazyFrame) else value

    def _read(self, result: Any, context: InputContext) -> Any:
        polars, declared = vendor("polars", "polars"), context.declared_type
        vendor("pyarrow", "duckdb")
        frame = polars.from_arrow(result.to_arrow_table())
        return frame.lazy() if declared is not None and declared.typing_type is polars.LazyFrame else frame

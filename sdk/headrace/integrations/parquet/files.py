"""Data frames as Parquet files of any file system."""

from __future__ import annotations

import io
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.table import TableColumn, TableSchema
from headrace.definitions.metadata.values import MetadataValue
from headrace.errors import InvariantViolationError
from headrace.integrations.vendor import vendor
from headrace.io.upath_io_manager import UPathIOManager

if TYPE_CHECKING:
    from upath import UPath

    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext


class ParquetFiles(UPathIOManager):
    """Stores each data frame as one Parquet file; several partitions are loaded as a dict of data frames by key."""

    extension = ".parquet"

    def dump_to_path(self, context: OutputContext, obj: Any, path: UPath) -> None:
        """Write the file."""
        buffer = io.BytesIO()
        self._write(self._checked(obj, context), buffer)
        path.write_bytes(buffer.getvalue())

    def load_from_path(self, context: InputContext, path: UPath) -> Any:
        """Read the file."""
        return self._read(io.BytesIO(path.read_bytes()), context)

    def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, MetadataValue]:
        """How many rows, where that is known, and which columns."""
        columns = [TableColumn(str(name), str(kind)) for name, kind in self._columns(obj)]
        told: dict[str, MetadataValue] = {"dataframe_columns": MetadataValue.table_schema(TableSchema(columns))}
        return {**told, "row_count": MetadataValue.int(len(obj))} if hasattr(obj, "__len__") else told

    def _checked(self, obj: Any, context: OutputContext) -> Any:
        types = self._types()
        if isinstance(obj, types):
            return obj
        names = " or ".join(f"{each.__module__.partition('.')[0]}.{each.__qualname__}" for each in types)
        raise InvariantViolationError(
            f"Output {context.name!r} is of type {type(obj).__qualname__}, and {type(self).__name__} stores {names}: return "
            "one, or use another I/O manager for this output."
        )

    @abstractmethod
    def _types(self) -> tuple[type[Any], ...]: ...

    @abstractmethod
    def _columns(self, obj: Any) -> list[tuple[object, object]]: ...

    @abstractmethod
    def _write(self, obj: Any, buffer: io.BytesIO) -> None: ...

    @abstractmethod
    def _read(self, buffer: io.BytesIO, context: InputContext) -> Any: ...


class PandasParquetFiles(ParquetFiles):
    """Data frames of pandas."""

    def _types(self) -> tuple[type[Any], ...]:
        return (vendor("pandas", "pandas").DataFrame,)

    def _columns(self, obj: Any) -> list[tuple[object, object]]:
        return list(zip(obj.columns, obj.dtypes, strict=True))

    def _write(self, obj: Any, buffer: io.BytesIO) -> None:
        vendor("pyarrow", "pandas")
        obj.to_parquet(buffer)

    def _read(self, buffer: io.BytesIO, context: InputContext) -> Any:
        return vendor("pandas", "pandas").read_parquet(buffer)


class PolarsParquetFiles(ParquetFiles):
    """Data frames of Polars; a lazy one is collected when it is stored."""

    def _types(self) -> tuple[type[Any], ...]:
        polars = vendor("polars", "polars")
        return (polars.DataFrame, polars.LazyFrame)

    def _columns(self, obj: Any) -> list[tuple[object, object]]:
        return list(obj.collect_schema().items())

    def _write(self, obj: Any, buffer: io.BytesIO) -> None:
        frame = obj.collect() if isinstance(obj, vendor("polars", "polars").LazyFrame) else obj
        frame.write_parquet(buffer)

    def _read(self, buffer: io.BytesIO, context: InputContext) -> Any:
        polars, declared = vendor("polars", "polars"), context.declared_type
        frame = polars.read_parquet(buffer)
        return frame.lazy() if declared is not None and declared.typing_type is polars.LazyFrame else frame

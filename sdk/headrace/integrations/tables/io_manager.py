"""`DbIOManager`: values as tables of a database, whichever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.resources.io_manager import IOManager
from headrace.errors import InvariantViolationError
from headrace.integrations.tables.client import DbClient
from headrace.integrations.tables.partition_dimensions import partition_dimensions
from headrace.integrations.tables.slices import TableSlice
from headrace.integrations.tables.told import told
from headrace.integrations.tables.type_handler import DbTypeHandler

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.io_context import IOContext
    from headrace.execute.contexts.output_context import OutputContext

DEFAULT_SCHEMA = "public"


class DbIOManager(IOManager):
    """Stores each value as a table, or as the rows of its partitions in one, with the handler of its type.

    The table has the name of the asset, or of an op's output. Its schema is what the metadata `schema` says; else the last
    part of the asset's key before its name; else the one that the I/O manager was given; else `public`.

    Args:
        type_handlers: One for each type of value.
        db_client: What is particular about the database.
        database: The database.
        schema: The schema of what names none.
        io_manager_name: What the I/O manager is called, for messages.
        default_load_type: What inputs are loaded as that have no type annotation.
    """

    def __init__(
        self,
        *,
        type_handlers: Sequence[DbTypeHandler[Any]],
        db_client: DbClient,
        database: str,
        schema: str | None = None,
        io_manager_name: str | None = None,
        default_load_type: type[Any] | None = None,
    ) -> None:
        self._handlers = {each: handler for handler in type_handlers for each in handler.supported_types}
        self._client = db_client
        self._database = database
        self._schema = schema
        self._name = io_manager_name or type(self).__name__
        self._default = default_load_type or (next(iter(self._handlers)) if len(self._handlers) == 1 else None)

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Replaces the table, or the rows of the partitions; nothing where there is no value."""
        if obj is None:
            return
        handler = self._handler_of(type(obj), f"Output {context.name!r}")
        table_slice = self._slice(context, context)
        with self._client.connect(context, table_slice) as connection:
            self._client.ensure_schema_exists(context, table_slice, connection)
            self._client.delete_table_slice(context, table_slice, connection)
            told = handler.handle_output(context, table_slice, obj, connection)
        query = MetadataValue.text(self._client.get_select_statement(table_slice))
        context.add_output_metadata({**(told or {}), "query": query})

    def load_input(self, context: InputContext) -> Any:
        """Reads the table, or the rows of the partitions, as what the input is annotated with."""
        handler = self._handler_of(self._wanted_type(context), f"Input {context.name!r}")
        table_slice = self._slice(context, context if context.upstream_output is None else context.upstream_output)
        with self._client.connect(context, table_slice) as connection:
            return handler.load_input(context, table_slice, connection)

    def _wanted_type(self, context: InputContext) -> Any:
        declared = context.declared_type
        wanted = Any if declared is None else declared.typing_type
        if wanted is not Any:
            return wanted
        if self._default is None:
            raise InvariantViolationError(
                f"Input {context.name!r} has no type annotation, and {self._name} can load several types: annotate it with one of "
                f"{_names(self._handlers)}."
            )
        return self._default

    def _handler_of(self, wanted: Any, what: str) -> DbTypeHandler[Any]:
        for base in wanted.__mro__ if isinstance(wanted, type) else ():
            if base in self._handlers:
                return self._handlers[base]
        name = getattr(wanted, "__qualname__", wanted)
        raise InvariantViolationError(
            f"{what} is of type {name}, which {self._name} can neither store nor load: it takes {_names(self._handlers)}. Use "
            "another I/O manager for it, or add a DbTypeHandler of your own."
        )

    def _slice(self, side: IOContext, stored: IOContext) -> TableSlice:
        """The slice of a value, by the context of this side and of the one that it is stored under."""
        columns = told(side.definition_metadata, "columns") if side is not stored else None
        if not stored.has_asset_key:
            name = getattr(stored, "name", None) or "result"
            return TableSlice(name, self._schema_of(stored, None), self._database, columns)
        *prefix, table = stored.asset_key.path
        dimensions = None
        if side.has_asset_partitions:
            asset = stored.asset_key.to_user_string()
            partitions_def, keys = side.asset_partitions_def, side.asset_partition_keys
            dimensions = partition_dimensions(asset, partitions_def, keys, stored.definition_metadata)
        return TableSlice(
            table, self._schema_of(stored, prefix[-1] if prefix else None), self._database, columns, dimensions
        )

    def _schema_of(self, stored: IOContext, prefix: str | None) -> str:
        return str(told(stored.definition_metadata, "schema") or prefix or self._schema or DEFAULT_SCHEMA)


def _names(types: Mapping[type[Any], object]) -> str:
    return ", ".join(f"{each.__module__.partition('.')[0]}.{each.__qualname__}" for each in types)

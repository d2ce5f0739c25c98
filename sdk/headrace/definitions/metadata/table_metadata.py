"""The metadata by which assets say which table they are and which columns it has."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.metadata.table import TableColumn, TableSchema
from headrace.definitions.metadata.values import TableSchemaMetadataValue

_SCHEMA_NAMES = ("headrace/column_schema", "dagster/column_schema")
_TABLE_NAMES = ("headrace/table_name", "dagster/table_name")


def columns_of(spec: AssetSpec) -> Mapping[str, TableColumn]:
    """The columns by name; none if the asset does not say."""
    for name in _SCHEMA_NAMES:
        value = spec.metadata.get(name)
        schema = value.schema if isinstance(value, TableSchemaMetadataValue) else value
        if isinstance(schema, TableSchema):
            return {column.name: column for column in schema.columns}
    return {}


def table_name_of(spec: AssetSpec) -> str | None:
    """The table; None if the asset does not say."""
    for name in _TABLE_NAMES:
        value = spec.metadata.get(name)
        if value is not None:
            return str(getattr(value, "value", value))
    return None

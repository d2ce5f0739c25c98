"""The metadata by which assets say which table they are and which columns it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.metadata.table import TableColumn, TableSchema
from headrace.definitions.metadata.values import TableSchemaMetadataValue

_SCHEMA_NAMES = ("headrace/column_schema", "dagster/column_schema")
_TABLE_NAMES = ("headrace/table_name", "dagster/table_name")


def schema_in(metadata: Mapping[str, Any]) -> TableSchema | None:
    """The schema of a table; None if the metadata does not say."""
    for name in _SCHEMA_NAMES:
        value = metadata.get(name)
        schema = value.schema if isinstance(value, TableSchemaMetadataValue) else value
        if isinstance(schema, TableSchema):
            return schema
    return None


def columns_of(spec: AssetSpec) -> Mapping[str, TableColumn]:
    """The columns by name; none if the asset does not say."""
    schema = schema_in(spec.metadata)
    return {} if schema is None else {column.name: column for column in schema.columns}


def table_name_of(spec: AssetSpec) -> str | None:
    """The table; None if the asset does not say."""
    for name in _TABLE_NAMES:
        value = spec.metadata.get(name)
        if value is not None:
            return str(getattr(value, "value", value))
    return None

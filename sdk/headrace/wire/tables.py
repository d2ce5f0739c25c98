"""Tables, their columns, and where the columns come from."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.api.types.v1 import metadata_pb2 as pb
from headrace.definitions.metadata import table as values
from headrace.wire.asset_keys import to_asset_key
from headrace.wire.tags import to_tags

MAX_ROWS = 1_000


def to_table(records: Sequence[values.TableRecord], schema: values.TableSchema) -> pb.Table:
    """Writes the first rows of a table."""
    names = [column.name for column in schema.columns]
    rows = [
        pb.TableRow(cells=["" if record.data.get(name) is None else str(record.data[name]) for name in names])
        for record in records[:MAX_ROWS]
    ]
    return pb.Table(columns=[_column(each) for each in schema.columns], rows=rows)


def to_table_schema(schema: values.TableSchema) -> pb.TableSchema:
    """Writes the columns of a table."""
    constraints = schema.constraints.other if schema.constraints is not None else ()
    return pb.TableSchema(columns=[_column(each) for each in schema.columns], constraints=constraints)


def to_column_lineage(lineage: values.TableColumnLineage) -> pb.TableLineage:
    """Writes which columns the columns of a table come from."""
    columns = []
    for name in sorted(lineage.deps_by_column):
        sources = [
            pb.TableColumnRef(asset_key=to_asset_key(dep.asset_key), column=dep.column_name)
            for dep in lineage.deps_by_column[name]
        ]
        columns.append(pb.TableColumnLineage(column=name, sources=sources))
    return pb.TableLineage(columns=columns)


def _column(column: values.TableColumn) -> pb.TableColumn:
    return pb.TableColumn(
        name=column.name,
        type=column.type,
        description=column.description or "",
        required=not column.constraints.nullable,
        unique=column.constraints.unique,
        constraints=column.constraints.other,
        tags=to_tags(column.tags),
    )

"""Tables, their columns, and where the columns come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from headrace.api.types.v1 import metadata_pb2 as pb
from headrace.definitions.metadata import table as values
from headrace.wire.asset_keys import from_asset_key, to_asset_key
from headrace.wire.tags import from_tags, to_tags

MAX_ROWS = 1_000

_KINDS: Mapping[type, pb.CellKind.ValueType] = {
    type(None): pb.CELL_KIND_NOTHING,
    bool: pb.CELL_KIND_BOOL,
    int: pb.CELL_KIND_INT,
    float: pb.CELL_KIND_FLOAT,
}
_READERS: Mapping[int, Callable[[str], values.Cell]] = {
    pb.CELL_KIND_NOTHING: lambda _: None,
    pb.CELL_KIND_BOOL: lambda text: text == "True",
    pb.CELL_KIND_INT: int,
    pb.CELL_KIND_FLOAT: float,
}


def to_table(records: Sequence[values.TableRecord], schema: values.TableSchema) -> pb.Table:
    """Writes the first rows of a table."""
    names = [column.name for column in schema.columns]
    return pb.Table(
        columns=[_column(each) for each in schema.columns],
        rows=[_row([record.data.get(name) for name in names]) for record in records[:MAX_ROWS]],
        constraints=_constraints(schema),
    )


def from_table(table: pb.Table) -> tuple[list[values.TableRecord], values.TableSchema]:
    """Reads the rows of a table, and its columns."""
    names = [column.name for column in table.columns]
    records = [values.TableRecord(dict(zip(names, _cells(row), strict=False))) for row in table.rows]
    return records, _schema(table.columns, table.constraints)


def to_table_schema(schema: values.TableSchema) -> pb.TableSchema:
    """Writes the columns of a table."""
    return pb.TableSchema(columns=[_column(each) for each in schema.columns], constraints=_constraints(schema))


def from_table_schema(schema: pb.TableSchema) -> values.TableSchema:
    """Reads the columns of a table."""
    return _schema(schema.columns, schema.constraints)


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


def from_column_lineage(lineage: pb.TableLineage) -> values.TableColumnLineage:
    """Reads which columns the columns of a table come from."""
    return values.TableColumnLineage(
        {
            each.column: [values.TableColumnDep(from_asset_key(ref.asset_key), ref.column) for ref in each.sources]
            for each in lineage.columns
        }
    )


def _row(cells: Sequence[values.Cell]) -> pb.TableRow:
    kinds = [_KINDS.get(type(cell), pb.CELL_KIND_UNSPECIFIED) for cell in cells]
    return pb.TableRow(cells=["" if cell is None else str(cell) for cell in cells], kinds=kinds if any(kinds) else [])


def _cells(row: pb.TableRow) -> Iterable[values.Cell]:
    for number, text in enumerate(row.cells):
        read = _READERS.get(row.kinds[number]) if number < len(row.kinds) else None
        yield text if read is None else read(text)


def _constraints(schema: values.TableSchema) -> Sequence[str]:
    return schema.constraints.other if schema.constraints is not None else ()


def _schema(columns: Iterable[pb.TableColumn], constraints: Sequence[str]) -> values.TableSchema:
    return values.TableSchema(
        [_from_column(each) for each in columns],
        values.TableConstraints(list(constraints)) if constraints else None,
    )


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


def _from_column(column: pb.TableColumn) -> values.TableColumn:
    constraints = values.TableColumnConstraints(not column.required, column.unique, tuple(column.constraints))
    return values.TableColumn(column.name, column.type, column.description or None, constraints, from_tags(column.tags))

"""Tables in metadata: records, columns with constraints, and column lineage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.errors import InvalidDefinitionError

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class TableRecord:
    """One row: a value for each column."""

    data: Mapping[str, Cell]

    def __post_init__(self) -> None:
        for name, value in self.data.items():
            if not isinstance(value, (str, int, float, bool, type(None))):
                raise InvalidDefinitionError(
                    f"TableRecord: column {name!r} holds a {type(value).__name__}; "
                    "a cell is a string, a number, a bool or None."
                )


@dataclass(frozen=True)
class TableColumnConstraints:
    """What every value of a column satisfies."""

    nullable: bool = True
    unique: bool = False
    other: Sequence[str] = ()


@dataclass(frozen=True)
class TableConstraints:
    """What a table as a whole satisfies."""

    other: Sequence[str]


@dataclass(frozen=True)
class TableColumn:
    """A column: its name and type, in the words of wherever the table lives."""

    name: str
    type: str = "string"
    description: str | None = None
    constraints: TableColumnConstraints = field(default_factory=TableColumnConstraints)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table."""

    columns: Sequence[TableColumn]
    constraints: TableConstraints | None = None

    @staticmethod
    def from_name_type_dict(name_type_dict: Mapping[str, str]) -> TableSchema:
        """A schema from column names and types."""
        return TableSchema([TableColumn(name, type_name) for name, type_name in name_type_dict.items()])


@dataclass(frozen=True)
class TableColumnDep:
    """A column of an upstream asset that another column is computed from."""

    asset_key: AssetKey
    column_name: str

    def __init__(self, asset_key: CoercibleToAssetKey, column_name: str) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(asset_key))
        object.__setattr__(self, "column_name", column_name)


@dataclass(frozen=True)
class TableColumnLineage:
    """For each column, the upstream columns it is computed from."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]]

    def __post_init__(self) -> None:
        for column, deps in self.deps_by_column.items():
            if len(set(deps)) < len(deps):
                raise InvalidDefinitionError(f"Column {column!r} names a column twice that it is computed from.")


def infer_table_schema(records: Sequence[TableRecord]) -> TableSchema:
    """The schema that the first record shows; all records must have its columns."""
    if not records:
        raise InvalidDefinitionError("A table without records needs a schema.")
    names = set(records[0].data)
    for number, record in enumerate(records):
        if set(record.data) != names:
            raise InvalidDefinitionError(
                f"Record {number} of the table has the columns {sorted(record.data)}, the first one {sorted(names)}."
            )
    return TableSchema([TableColumn(name, _cell_type(value)) for name, value in records[0].data.items()])


def _cell_type(value: Cell) -> str:
    if isinstance(value, bool):
        return "bool"
    return {int: "int", float: "float"}.get(type(value), "string")

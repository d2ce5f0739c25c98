"""Metadata values: what definitions, outputs and events can carry for people to see."""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.metadata.code_references import LocalFileCodeReference, UrlCodeReference
from headrace.definitions.metadata.table import TableColumnLineage, TableRecord, TableSchema, infer_table_schema
from headrace.definitions.spellings import BothSpellings
from headrace.errors import InvalidDefinitionError


class MetadataValue:
    """A value of a known kind. Make one with the static methods, or let a plain Python value speak for itself."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """The plain Python value."""
        raise NotImplementedError

    @staticmethod
    def text(text: str) -> TextMetadataValue:
        """Plain text."""
        return TextMetadataValue(text)

    @staticmethod
    def url(url: str) -> UrlMetadataValue:
        """A link."""
        return UrlMetadataValue(url)

    @staticmethod
    def path(path: str | os.PathLike[str]) -> PathMetadataValue:
        """A path in a file system or object store."""
        return PathMetadataValue(os.fspath(path))

    @staticmethod
    def notebook(path: str | os.PathLike[str]) -> NotebookMetadataValue:
        """The path of a notebook."""
        return NotebookMetadataValue(os.fspath(path))

    @staticmethod
    def json(data: Any) -> JsonMetadataValue:
        """Anything that JSON can carry."""
        return JsonMetadataValue(data)

    @staticmethod
    def md(data: str) -> MarkdownMetadataValue:
        """Markdown, shown formatted."""
        return MarkdownMetadataValue(data)

    @staticmethod
    def python_artifact(python_artifact: Any) -> PythonArtifactMetadataValue:
        """A class or function, by module and name."""
        return PythonArtifactMetadataValue(python_artifact.__module__, python_artifact.__qualname__)

    @staticmethod
    def int(value: builtins.int) -> IntMetadataValue:
        """A whole number, plotted over time."""
        return IntMetadataValue(value)

    @staticmethod
    def float(value: builtins.float) -> FloatMetadataValue:
        """A number, plotted over time."""
        return FloatMetadataValue(value)

    @staticmethod
    def bool(value: builtins.bool) -> BoolMetadataValue:
        """True or false."""
        return BoolMetadataValue(value)

    @staticmethod
    def timestamp(value: datetime | builtins.float) -> TimestampMetadataValue:
        """An instant: seconds since 1970, or a datetime that knows its time zone."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise InvalidDefinitionError(f"A timestamp needs a time zone: {value.isoformat()} has none.")
            value = value.timestamp()
        return TimestampMetadataValue(builtins.float(value))

    @staticmethod
    def null() -> NullMetadataValue:
        """Nothing."""
        return NullMetadataValue()

    @staticmethod
    def asset(asset_key: AssetKey) -> AssetMetadataValue:
        """A link to an asset."""
        return AssetMetadataValue(asset_key)

    @staticmethod
    def run(run_id: str) -> RunMetadataValue:
        """A link to a run."""
        return RunMetadataValue(run_id)

    @staticmethod
    def dagster_run(run_id: str) -> RunMetadataValue:
        """A link to a run; the name that Dagster's users know for `run`."""
        return RunMetadataValue(run_id)

    @staticmethod
    def job(job_name: str, location_name: str, *, repository_name: str | None = None) -> JobMetadataValue:
        """A link to a job."""
        return JobMetadataValue(job_name, location_name, repository_name)

    @staticmethod
    def pool(pool: str) -> PoolMetadataValue:
        """A link to a pool."""
        return PoolMetadataValue(pool)

    @staticmethod
    def code_references(references: Sequence[LocalFileCodeReference | UrlCodeReference]) -> CodeReferencesMetadataValue:
        """Where the code is."""
        return CodeReferencesMetadataValue(list(references))

    @staticmethod
    def table(records: Sequence[TableRecord], schema: TableSchema | None = None) -> TableMetadataValue:
        """A table; without a schema, its columns are those of the first record."""
        return TableMetadataValue(list(records), schema or infer_table_schema(records))

    @staticmethod
    def table_schema(schema: TableSchema) -> TableSchemaMetadataValue:
        """The columns of a table."""
        return TableSchemaMetadataValue(schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> TableColumnLineageMetadataValue:
        """Which columns the columns of a table come from."""
        return TableColumnLineageMetadataValue(lineage)


# A field that shares its name with an attribute of the base class is written `= field()`:
# the dataclass would otherwise take the inherited attribute for its default.
@dataclass(frozen=True, slots=True)
class TextMetadataValue(MetadataValue):
    """Plain text."""

    text: str | None = field()  # type: ignore[assignment]

    @property
    def value(self) -> str | None:
        """The plain Python value."""
        return self.text


@dataclass(frozen=True, slots=True)
class UrlMetadataValue(MetadataValue):
    """A link."""

    url: str | None = field()  # type: ignore[assignment]

    @property
    def value(self) -> str | None:
        """The plain Python value."""
        return self.url


@dataclass(frozen=True, slots=True)
class PathMetadataValue(MetadataValue):
    """A path in a file system or object store."""

    path: str | None = field()  # type: ignore[assignment]

    @property
    def value(self) -> str | None:
        """The plain Python value."""
        return self.path


@dataclass(frozen=True, slots=True)
class NotebookMetadataValue(MetadataValue):
    """The path of a notebook."""

    path: str | None = field()  # type: ignore[assignment]

    @property
    def value(self) -> str | None:
        """The plain Python value."""
        return self.path


@dataclass(frozen=True, slots=True)
class JsonMetadataValue(MetadataValue):
    """Anything that JSON can carry."""

    data: Any

    @property
    def value(self) -> Any:
        """The plain Python value."""
        return self.data

    def __post_init__(self) -> None:
        try:
            json.dumps(self.data)
        except (TypeError, ValueError) as error:
            raise InvalidDefinitionError(f"JSON metadata cannot be written as JSON: {error}.") from error
        object.__setattr__(self, "data", _without_enums(self.data))


@dataclass(frozen=True, slots=True)
class MarkdownMetadataValue(MetadataValue):
    """Markdown, shown formatted."""

    md_str: str | None

    @property
    def value(self) -> str | None:
        """The plain Python value."""
        return self.md_str


@dataclass(frozen=True, slots=True)
class PythonArtifactMetadataValue(MetadataValue):
    """A class or function, by module and name."""

    module: str
    name: str

    @property
    def value(self) -> str:
        """The plain Python value."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class IntMetadataValue(MetadataValue):
    """A whole number, plotted over time."""

    value: builtins.int | None = field()


@dataclass(frozen=True, slots=True)
class FloatMetadataValue(MetadataValue):
    """A number, plotted over time."""

    value: builtins.float | None = field()


@dataclass(frozen=True, slots=True)
class BoolMetadataValue(MetadataValue):
    """True or false."""

    value: builtins.bool | None = field()


@dataclass(frozen=True, slots=True)
class TimestampMetadataValue(MetadataValue):
    """An instant, in seconds since 1970 UTC."""

    value: builtins.float = field()


@dataclass(frozen=True, slots=True)
class NullMetadataValue(MetadataValue):
    """Nothing."""

    @property
    def value(self) -> None:
        """The plain Python value."""
        return None


@dataclass(frozen=True, slots=True)
class AssetMetadataValue(MetadataValue):
    """A link to an asset."""

    asset_key: AssetKey

    @property
    def value(self) -> AssetKey:
        """The plain Python value."""
        return self.asset_key


@dataclass(frozen=True, slots=True)
class RunMetadataValue(MetadataValue):
    """A link to a run."""

    run_id: str

    @property
    def value(self) -> str:
        """The plain Python value."""
        return self.run_id


@dataclass(frozen=True, slots=True)
class JobMetadataValue(MetadataValue):
    """A link to a job."""

    job_name: str
    location_name: str
    repository_name: str | None = None

    @property
    def value(self) -> str:
        """The plain Python value."""
        return self.job_name


@dataclass(frozen=True, slots=True)
class PoolMetadataValue(MetadataValue):
    """A link to a pool."""

    pool: str = field()  # type: ignore[assignment]

    @property
    def value(self) -> str:
        """The plain Python value."""
        return self.pool


@dataclass(frozen=True, slots=True)
class CodeReferencesMetadataValue(MetadataValue):
    """Where the code is."""

    code_references: Sequence[LocalFileCodeReference | UrlCodeReference] = field()  # type: ignore[assignment]

    @property
    def value(self) -> Sequence[LocalFileCodeReference | UrlCodeReference]:
        """The plain Python value."""
        return self.code_references


@dataclass(frozen=True, slots=True)
class TableMetadataValue(MetadataValue):
    """A table."""

    records: Sequence[TableRecord]
    schema: TableSchema

    @property
    def value(self) -> Sequence[TableRecord]:
        """The plain Python value."""
        return self.records


@dataclass(frozen=True, slots=True)
class TableSchemaMetadataValue(MetadataValue):
    """The columns of a table."""

    schema: TableSchema

    @property
    def value(self) -> TableSchema:
        """The plain Python value."""
        return self.schema


@dataclass(frozen=True, slots=True)
class TableColumnLineageMetadataValue(MetadataValue):
    """Which columns the columns of a table come from."""

    column_lineage: TableColumnLineage = field()  # type: ignore[assignment]

    @property
    def value(self) -> TableColumnLineage:
        """The plain Python value."""
        return self.column_lineage


def to_metadata_value(value: Any) -> MetadataValue:
    """The metadata value that a plain Python value stands for."""
    if isinstance(value, MetadataValue):
        return value
    for types, make in _INFERENCE:
        if isinstance(value, types):
            return make(value)
    raise InvalidDefinitionError(
        f"A {type(value).__name__} cannot be metadata; wrap it, for example in MetadataValue.json or MetadataValue.text."
    )


def normalize_metadata(metadata: Mapping[str, Any] | None, *, allow_invalid: bool = False) -> dict[str, MetadataValue]:
    """Metadata as given by users, with every value made a `MetadataValue`.

    Args:
        metadata: The metadata.
        allow_invalid: Whether an object that stands for none becomes a note about its class instead of an error.
    """
    if not metadata:
        return {}
    normalized: dict[str, MetadataValue] = BothSpellings()
    for key, value in metadata.items():
        if not isinstance(key, str):
            raise InvalidDefinitionError(f"Metadata keys are strings, not {key!r}.")
        try:
            normalized[key] = to_metadata_value(value)
        except InvalidDefinitionError as error:
            if not allow_invalid:
                raise InvalidDefinitionError(f"Metadata {key!r}: {error}") from error
            normalized[key] = TextMetadataValue(f"[{type(value).__name__}] (unserializable)")
    return normalized


def _without_enums(data: Any) -> Any:
    """Members of enums that are strings or numbers as those: what is read back knows no enums."""
    if isinstance(data, Enum):
        return data.value
    if isinstance(data, dict):
        return {key: _without_enums(each) for key, each in data.items()}
    if isinstance(data, list):
        return [_without_enums(each) for each in data]
    return data


def _artifact(value: Any) -> MetadataValue:
    return MetadataValue.python_artifact(value)


# Order matters: a bool is an int, too.
_INFERENCE: tuple[tuple[type | tuple[type, ...], Callable[[Any], MetadataValue]], ...] = (
    (str, TextMetadataValue),
    (bool, BoolMetadataValue),
    (int, IntMetadataValue),
    (float, FloatMetadataValue),
    ((dict, list), JsonMetadataValue),
    (os.PathLike, MetadataValue.path),
    (AssetKey, AssetMetadataValue),
    (TableSchema, TableSchemaMetadataValue),
    (TableColumnLineage, TableColumnLineageMetadataValue),
    (datetime, MetadataValue.timestamp),
    (type(None), lambda _: NullMetadataValue()),
    (type, _artifact),
)

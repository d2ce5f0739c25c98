"""Outputs of ops and graphs, and the values that code yields for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, TypeVar

from headrace.definitions.metadata.carrier import MetadataCarrier
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.naming import check_name
from headrace.definitions.ops.type_inference import runtime_type
from headrace.definitions.ops.types import HeadraceType
from headrace.definitions.tags import normalize_tags
from headrace.undefined import UNDEFINED

T = TypeVar("T")

DEFAULT_OUTPUT = "result"
DEFAULT_IO_MANAGER_KEY = "io_manager"


@dataclass(frozen=True)
class Out:
    """An output of an op.

    Args:
        dagster_type: The type that values are checked against; the return annotation when left out.
        description: What the output is.
        is_required: Whether the op must produce it every time.
        io_manager_key: The resource that stores it.
        metadata: For I/O managers, as `context.definition_metadata`.
        code_version: The version of the code that makes it.
    """

    dagster_type: Any = UNDEFINED
    description: str | None = None
    is_required: bool = True
    io_manager_key: str = DEFAULT_IO_MANAGER_KEY
    metadata: Mapping[str, Any] = field(default_factory=dict)
    code_version: str | None = None

    def __post_init__(self) -> None:
        if self.dagster_type is not UNDEFINED:
            object.__setattr__(self, "dagster_type", runtime_type(self.dagster_type))
        if self.io_manager_key is None:
            object.__setattr__(self, "io_manager_key", DEFAULT_IO_MANAGER_KEY)
        if self.metadata is None:
            object.__setattr__(self, "metadata", {})

    @property
    def type(self) -> HeadraceType:
        """The runtime type."""
        return runtime_type(Any if self.dagster_type is UNDEFINED else self.dagster_type)

    @property
    def is_nothing(self) -> bool:
        """Whether the output only orders steps and carries no value."""
        return self.dagster_type is not UNDEFINED and self.type.is_nothing

    @property
    def is_dynamic(self) -> bool:
        """Whether the op may produce any number of values for it, each under a mapping key."""
        return False

    def completed_by(self, annotation: Any, description: str | None = None) -> Out:
        """This output, with what it leaves open taken from the return annotation, and from the docstring."""
        typed = self.dagster_type is not UNDEFINED
        if typed and (description is None or self.description is not None):
            return self
        return replace(
            self,
            dagster_type=self.dagster_type if typed else annotation,
            description=self.description if self.description is not None else description,
        )


class DynamicOut(Out):
    """An output that an op may produce any number of values for, each under a mapping key."""

    @property
    def is_dynamic(self) -> bool:
        """Whether the op may produce any number of values for it, each under a mapping key."""
        return True


@dataclass(frozen=True)
class GraphOut:
    """An output of a graph.

    Args:
        description: What the output is.
    """

    description: str | None = None


class Output(MetadataCarrier, Generic[T]):
    """A value for an output, with what is known about it.

    Args:
        value: The value.
        output_name: The output it is for.
        metadata: Recorded with the output.
        data_version: The version of the data, when the code knows it.
        tags: Recorded with the asset that the output materializes.
    """

    __slots__ = ("data_version", "metadata", "output_name", "tags", "value")
    is_output_event: ClassVar[bool] = True

    def __init__(
        self,
        value: T,
        output_name: str | None = DEFAULT_OUTPUT,
        metadata: Mapping[str, Any] | None = None,
        data_version: Any = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.value = value
        self.output_name = output_name or DEFAULT_OUTPUT
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.data_version = data_version
        self.tags: dict[str, str] = normalize_tags(tags, "An output's tags")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Output) and all(
            getattr(self, name) == getattr(other, name) for name in Output.__slots__
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Output({self.value!r}, output_name={self.output_name!r})"


class DynamicOutput(Output[T]):
    """One of the values of a dynamic output.

    Args:
        value: The value.
        mapping_key: Names this value among the others: letters, digits and underscores.
        output_name: The output it is for.
        metadata: Recorded with the output.
    """

    __slots__ = ("mapping_key",)

    def __init__(
        self,
        value: T,
        mapping_key: str,
        output_name: str | None = DEFAULT_OUTPUT,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(value, output_name, metadata)
        self.mapping_key = check_name(mapping_key, "A mapping key")

    def __repr__(self) -> str:
        return f"DynamicOutput({self.value!r}, mapping_key={self.mapping_key!r}, output_name={self.output_name!r})"

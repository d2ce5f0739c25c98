"""`DbTypeHandler`: stores values of one type as tables of one database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from headrace.integrations.tables.slices import TableSlice

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext

T = TypeVar("T")


class DbTypeHandler(ABC, Generic[T]):
    """Stores values of one type as tables of one database; subclass it for a type of your own."""

    @abstractmethod
    def handle_output(
        self, context: OutputContext, table_slice: TableSlice, obj: T, connection: Any
    ) -> Mapping[str, Any] | None:
        """Stores a value; what was there of the slice is removed before.

        Args:
            context: The output.
            table_slice: Where to.
            obj: The value.
            connection: What the database's client opens.

        Returns:
            Metadata of what was stored, or nothing.
        """

    @abstractmethod
    def load_input(self, context: InputContext, table_slice: TableSlice, connection: Any) -> T:
        """Loads a value.

        Args:
            context: The input.
            table_slice: Where from.
            connection: What the database's client opens.
        """

    @property
    @abstractmethod
    def supported_types(self) -> Sequence[type[Any]]:
        """The types of values that it stores and loads."""

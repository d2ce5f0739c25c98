"""Outputs in the memory of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.io_manager import IOManager, IOManagerDefinition
from headrace.errors import StepOutputNotFoundError
from headrace.io.partition_values import load_partitions

if TYPE_CHECKING:
    from headrace.execute.input_context import InputContext
    from headrace.execute.output_context import OutputContext


class InMemoryIOManager(IOManager):
    """Keeps values as they are; only for runs whose steps share one process.

    Attributes:
        values: The values by the parts of their identifiers.
    """

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Keep the value."""
        self.values[tuple(context.get_identifier())] = obj

    def load_input(self, context: InputContext) -> Any:
        """Return the value that was kept; for several partitions, a dict of them; for none, None."""
        if context.has_asset_partitions and len(context.asset_partition_keys) != 1:
            return load_partitions(context, lambda key: self._load((*context.asset_key.path, key)))
        return self._load(tuple(context.get_identifier()))

    def _load(self, identifier: tuple[str, ...]) -> Any:
        if identifier not in self.values:
            raise StepOutputNotFoundError(
                f"{'/'.join(identifier)} is not in memory: InMemoryIOManager forgets everything when its process ends. "
                "Produce it in the same run, or use FilesystemIOManager."
            )
        return self.values[identifier]


mem_io_manager = IOManagerDefinition(InMemoryIOManager, description="Keeps values in the memory of the process.")

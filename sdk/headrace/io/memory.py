"""Outputs in the memory of the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.io_manager import IOManager, IOManagerDefinition
from headrace.errors import StepOutputNotFoundError
from headrace.io.partition_values import load_partitions

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext


class InMemoryIOManager(IOManager):
    """Keeps values as they are; only for runs whose steps share one process.

    Attributes:
        values: The values by run, step and output.
    """

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}
        self._assets: dict[tuple[str, ...], tuple[str, ...]] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Keep the value."""
        key = tuple(context.get_identifier() if context.has_step_key else context.get_asset_identifier())
        self.values[key] = obj
        if context.has_asset_key and not (context.has_asset_partitions and len(context.asset_partition_keys) != 1):
            self._assets[tuple(context.get_asset_identifier())] = key

    def load_input(self, context: InputContext) -> Any:
        """Return the value that was kept; for several partitions, a dict of them; for none, None."""
        if context.has_asset_partitions and len(context.asset_partition_keys) != 1:
            return load_partitions(context, lambda key: self._latest((*context.asset_key.path, key)))
        output = context.upstream_output
        if output is not None and output.has_step_key and tuple(output.get_identifier()) in self.values:
            return self.values[tuple(output.get_identifier())]
        asset = output if output is not None and output.has_asset_key else context
        if asset.has_asset_key:
            return self._latest(tuple(asset.get_asset_identifier()))
        raise _forgotten(context.get_identifier())

    def _latest(self, identifier: tuple[str, ...]) -> Any:
        if identifier not in self._assets:
            raise _forgotten(identifier)
        return self.values[self._assets[identifier]]


def _forgotten(identifier: Sequence[str]) -> StepOutputNotFoundError:
    return StepOutputNotFoundError(
        f"{'/'.join(identifier)} is not in memory: InMemoryIOManager forgets everything when its process ends. "
        "Produce it in the same run, or use FilesystemIOManager."
    )


mem_io_manager = IOManagerDefinition(InMemoryIOManager, description="Keeps values in the memory of the process.")

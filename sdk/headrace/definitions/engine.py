"""The door from definitions to the engine that runs them.

Definitions know nothing of execution, yet some of their methods start it: calling an op, `job.execute_in_process()`.
Those methods go through this door, and the engine is found by name when it is first needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast

_ENGINE_MODULE = "headrace.execute.engine"


class Engine(Protocol):
    """The functions that `headrace.execute.engine` has."""

    def invoke(self, definition: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Calls an op or an asset directly, as a test does.

        Args:
            definition: An `OpDefinition` or an `AssetsDefinition`.
            args: The context, if the function takes one, then inputs.
            kwargs: Inputs, `config`, resources.
        """

    def execute_in_process(self, job: Any, **arguments: Any) -> Any:
        """Runs a `JobDefinition` in this process; takes what `JobDefinition.execute_in_process` takes."""

    def asset_value_loader(self, assets_defs_by_key: Mapping[Any, Any], instance: Any, **arguments: Any) -> Any:
        """Loads values of assets outside of runs: an `AssetValueLoader`, which says what it takes."""

    def call_hook(self, hook: Any, context: Any) -> Any:
        """Calls a `HookDefinition` directly, with a context that a test made, or with None."""

    def subset_job(self, job: Any, op_selection: Any) -> Any:
        """A `JobDefinition` with the ops only that clauses such as `*op` select."""

    def check_dynamic_outputs(self, graph: Any) -> None:
        """Refuses a graph whose dynamic outputs are connected to what they must not be."""

    def default_io_manager(self) -> Any:
        """The `ResourceDefinition` that stores outputs where a job provides no `io_manager`."""


@cache
def engine() -> Engine:
    """The engine."""
    return cast("Engine", importlib.import_module(_ENGINE_MODULE))

"""The state behind a context that a test makes, outside of any run."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.config.binding import check_config
from headrace.config.fields import Field
from headrace.config.types import ANY
from headrace.definitions.graphs.node import Node
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.context import Resources
from headrace.definitions.resources.event_loop import on_loop
from headrace.definitions.resources.scope import outside_of_with
from headrace.errors import InvalidInvocationError, InvariantViolationError
from headrace.execute.contexts.resource_pool import ResourcePool
from headrace.execute.contexts.scope import Scope
from headrace.execute.planning.partitioned_run import dynamic_store_of
from headrace.execute.planning.step_partitions import StepPartitions
from headrace.execute.run_info import RunInfo
from headrace.instance.instance import Instance

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from headrace.definitions.assets.assets_definition import AssetsDefinition
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.events.event import Detail

EPHEMERAL = "EPHEMERAL"


class DirectScope(Scope):
    """A direct call of an op or asset. It belongs to no op until the call.

    Attributes:
        user_events: What user code logged.
        made_by: The function that made the context, for messages.
    """

    def __init__(
        self,
        *,
        resources: Mapping[str, Any] | None = None,
        resources_config: Mapping[str, Any] | None = None,
        config: Any = None,
        partition_key: str | None = None,
        partition_key_range: PartitionKeyRange | None = None,
        run_tags: Mapping[str, str] | None = None,
        instance: Any = None,
        mapping_key: str | None = None,
        event_loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__()
        self.mapping_key = mapping_key
        self.taken: set[tuple[str, str | None]] = set()
        self.given_config = config
        self.made_by = "build_op_context"
        self.config = config
        self.instance = instance if instance is not None else Instance.ephemeral()
        self.user_events: list[Any] = []
        self._run = RunInfo(
            EPHEMERAL,
            EPHEMERAL,
            run_config={"resources": dict(resources_config or {})},
            tags=dict(run_tags or {}),
            partition_key=partition_key,
            partition_key_range=partition_key_range,
        )
        definitions = as_resource_definitions(resources)
        self._configs = resources_config or {}
        self._check_names(self._configs, definitions)
        pool = ResourcePool.with_configs(definitions, self._configs)
        self._pools = [pool]
        self.given_resources = frozenset(definitions)
        self._is_open = not any(each.needs_teardown for each in definitions.values())
        if event_loop is None and any(each.is_async for each in definitions.values()):
            raise InvariantViolationError(
                "Unable to handle resource with async def yield_for_execution: nobody says which event loop it is for. Give the "
                "context an event_loop, and run what it is passed to on that loop."
            )
        with on_loop(event_loop):
            self.resources = Resources(pool.require(definitions, self))

    @property
    def run(self) -> RunInfo:
        """A run that never was: its id and job are `EPHEMERAL`."""
        return self._run

    @property
    def log(self) -> logging.Logger:
        """The logger `headrace`."""
        return logging.getLogger("headrace")

    @property
    def partitions(self) -> StepPartitions:
        """The partitions that the op makes and reads, as far as its own definition tells."""
        return StepPartitions(
            self._run,
            job_partitions_def=None,
            specs=self.assets_def.specs_by_key if self.assets_def is not None else {},
            assets_def=self.assets_def,
            store=dynamic_store_of(self.instance),
        )

    def emit(self, detail: Detail) -> None:
        """Nobody listens."""

    def record(self, event: Any) -> None:
        """Keep an event for the test to look at."""
        self.user_events.append(event)

    def bind(self, op: OpDefinition, assets_def: AssetsDefinition | None, config: Any) -> None:
        """Get ready for a call of `op`."""
        self.op = op
        self.name = self.step_key = op.name
        if config is not None:
            ops = {op.name: {"config": self.given_config if self.given_config is not None else config}}
            self._run = replace(self._run, run_config={**self._run.run_config, "ops": ops})
        self.node = Node(op.name, op).merged()
        self.config = config
        self.assets_def = assets_def
        self.asset_keys_by_output = assets_def.node_keys_by_output_name if assets_def is not None else {}
        self.asset_keys_by_input = assets_def.node_keys_by_input_name if assets_def is not None else {}
        made = assets_def.selected_keys if assets_def is not None else frozenset()
        self.selected_outputs = frozenset(
            name
            for name in op.outs
            if assets_def is None
            or self.asset_keys_by_output.get(name) in made
            or name in assets_def.selected_check_outputs
        )
        self.produced.clear()
        self.taken.clear()
        if assets_def is not None and assets_def.resource_defs:
            self._provide(assets_def.resource_defs, sorted(op.required_resource_keys))

    @staticmethod
    def _check_names(configs: Mapping[str, Any], definitions: Mapping[str, ResourceDefinition]) -> None:
        schema = Field({name: Field(ANY, is_required=False) for name in definitions})
        check_config(schema, dict(configs), "Error in config for resources")

    def _is_taken(self, output: str, mapping_key: str | None) -> bool:
        return (output, mapping_key) in self.taken

    def _kept(self, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tests look at what was given."""
        return dict(metadata)

    def enter(self) -> None:
        """The caller says that it will close the scope."""
        self._is_open = True

    def check_open(self) -> None:
        """Refuse resources that nobody would tear down."""
        if not self._is_open:
            raise InvariantViolationError(outside_of_with(self.made_by))

    def _provide(self, definitions: Mapping[str, ResourceDefinition], keys: Iterable[str]) -> None:
        """Start resources that an asset brings along."""
        twice = sorted(key for key in definitions if key in self.given_resources)
        if twice:
            raise InvalidInvocationError(
                f"resource {twice[0]!r} provided on both the definition and invocation context; give it in one of the two."
            )
        missing = [key for key in keys if key in definitions and key not in self.resources]
        if missing:
            pool = ResourcePool.with_configs(definitions, self._configs)
            self._pools.append(pool)
            started = pool.require(missing, self)
            self.resources = Resources({**self.resources.original_resource_dict, **started})

    def close(self) -> None:
        """Tear the resources down."""
        while self._pools:
            self._pools.pop().close()

    def __del__(self) -> None:
        if "_pools" in self.__dict__:
            self.close()

    def __getattr__(self, name: str) -> Any:
        if name in (
            "op",
            "node",
            "name",
            "step_key",
            "asset_keys_by_output",
            "asset_keys_by_input",
            "selected_outputs",
        ):
            raise InvalidInvocationError(
                f"This context belongs to no op yet, so it has no {name}: pass it to an op or asset first."
            )
        raise AttributeError(name)

"""What `handle_output` yields: metadata, and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.events import AssetMaterialization
from headrace.errors import InvariantViolationError

if TYPE_CHECKING:
    from headrace.execute.contexts.output_context import OutputContext


def log_yielded(yielded: Iterable[Any], context: OutputContext) -> None:
    """Attach the metadata to the output, then log the events; a materialization carries the metadata as well."""
    events = []
    for each in yielded:
        if isinstance(each, Mapping):
            context.add_output_metadata(each)
        else:
            events.append(each)
    for event in events:
        context.log_event(_with_metadata(event, context))


def _with_metadata(event: Any, context: OutputContext) -> Any:
    added = context.get_logged_metadata()
    if not added or not isinstance(event, AssetMaterialization):
        return event
    if event.metadata:
        raise InvariantViolationError(
            f"When handling output {context.name!r} of op {context.op_def.name!r}, received a materialization with metadata, "
            "while context.add_output_metadata was used within the same call to handle_output. Due to potential conflicts, "
            "this is not allowed. Please specify metadata in one place within the `handle_output` function."
        )
    return AssetMaterialization(event.asset_key, event.description, added, event.partition, event.tags)

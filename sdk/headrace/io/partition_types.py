"""Which declared types can take the values of several partitions."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, get_args, get_origin

from headrace.errors import InvariantViolationError

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext

_MAPPINGS = (dict, Mapping, MutableMapping)


def check_takes_partitions(context: InputContext) -> None:
    """Refuse an input of several partitions that is not annotated as a dict of values by partition key."""
    declared = context.declared_type
    annotation: Any = None if declared is None else declared.typing_type
    if declared is None or annotation in (None, Any) or _is_mapping_of_keys(annotation):
        return
    raise InvariantViolationError(
        f"The input reads several partitions of {context.asset_key.to_user_string()!r}, so it is a dict of their values by partition key; "
        f"it is annotated as {declared.display_name}. Annotate it as dict[str, ...], Mapping[str, ...] or Any, or read one "
        "partition with another partition_mapping."
    )


def _is_mapping_of_keys(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is None:
        return annotation in _MAPPINGS
    return origin in _MAPPINGS and get_args(annotation)[0] in (str, Any)

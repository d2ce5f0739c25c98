"""Whether what a direct call returned is what the op declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headrace.definitions.ops.outputs import Output
from headrace.execute.loading import check_type
from headrace.execute.results import results_of

if TYPE_CHECKING:
    from headrace.definitions.ops.op import OpDefinition
    from headrace.execute.direct_scope import DirectScope


def checked_result(op: OpDefinition, result: Any, scope: DirectScope) -> Any:
    """The result itself, after its outputs were checked as a run would check them.

    Raises:
        InvariantViolationError: the result does not fit the op's outputs.
        TypeCheckError: a value is not of its declared type.
    """
    for each in results_of(op, result):
        if isinstance(each, Output) and each.output_name in op.outs:
            check_type(op.outs[each.output_name].type, each.value, f"output {each.output_name!r}", scope)
    return result

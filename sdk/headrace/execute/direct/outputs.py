"""Whether what a direct call returned or yielded is what the op declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.events import MaterializeResult, ObserveResult
from headrace.definitions.ops.outputs import DynamicOutput, Output
from headrace.errors import InvariantViolationError
from headrace.execute.steps.asset_outputs import named_output
from headrace.execute.steps.loading import check_type
from headrace.execute.steps.returned import checked_yield, results_of

if TYPE_CHECKING:
    from headrace.definitions.ops.op import OpDefinition
    from headrace.execute.direct.scope import DirectScope


class DirectOutputs:
    """Takes the outputs of one call, as a run would check them.

    Attributes:
        op: What is called.
        scope: The call.
    """

    def __init__(self, op: OpDefinition, scope: DirectScope) -> None:
        self.op = op
        self.scope = scope

    def returned(self, result: Any) -> Any:
        """The result itself.

        Raises:
            InvariantViolationError: the result does not fit the op's outputs.
            TypeCheckError: a value is not of its declared type.
        """
        for each in results_of(self.op, result):
            self._take(each)
        return result

    def yielded(self, value: Any) -> Any:
        """What was yielded, if it may be."""
        found = checked_yield(self.op, value)
        self._take(found)
        return found

    def finish(self) -> None:
        """Refuses a generator that owes an output."""
        for name in self.scope.selected_outputs:
            out = self.op.outs[name]
            owed = out.is_required and not out.is_dynamic and name not in self.scope.produced
            if owed and not (out.is_nothing and not self.scope.produced):
                raise InvariantViolationError(
                    f'Invocation of {self.op.node_type} "{self.op.name}" did not return an output for non-optional output '
                    f'"{name}"'
                )

    def _take(self, given: Any) -> None:
        if isinstance(given, Output):
            self._take_output(given)
        elif isinstance(given, (MaterializeResult, ObserveResult)):
            keys = self.scope.asset_keys_by_output
            made = {key: name for name, key in keys.items() if name in self.scope.selected_outputs}
            where = f"{self.op.node_type} {self.op.name!r}"
            self.scope.produced.append(named_output(made, given.asset_key, type(given).__name__, where))

    def _take_output(self, given: Output[Any]) -> None:
        name = given.output_name
        if name not in self.op.outs:
            known = ", ".join(self.op.outs) or "none"
            raise InvariantViolationError(
                f"Invocation of op {self.op.name!r} gave an output explicitly named {name!r}, which it does not have; it "
                f"has: {known}."
            )
        key = given.mapping_key if isinstance(given, DynamicOutput) else None
        if (name, key) in self.scope.taken:
            which = "" if key is None else f" with mapping_key {key!r}"
            raise InvariantViolationError(
                f"Invocation of op {self.op.name!r} yielded an output {name!r}{which} multiple times"
            )
        check_type(self.op.outs[name].type, given.value, f'op "{self.op.name}" output "{name}"', self.scope)
        self.scope.produced.append(name)
        self.scope.taken.add((name, key))

"""Checking, storing and announcing every output of a step."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.data_version import DataVersion, DataVersionsByPartition, version_tags
from headrace.definitions.assets.events import MaterializeResult, ObserveResult
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.metadata.values import normalize_metadata
from headrace.definitions.ops.outputs import DynamicOutput, Output
from headrace.errors import (
    HandleOutputError,
    InvariantViolationError,
    StepOutputNotFoundError,
    TypeCheckError,
    UnmetExecutorRequirementsError,
)
from headrace.execute.contexts.io_contexts import IOContexts
from headrace.execute.events.event import OutputProduced, OutputStored, TypeCheckData
from headrace.execute.steps.asset_outputs import AssetOutputs
from headrace.execute.steps.loading import require_type, type_check
from headrace.execute.steps.verdicts import Verdicts
from headrace.execute.steps.yielded_by_managers import log_yielded
from headrace.io.memory import InMemoryIOManager

if TYPE_CHECKING:
    from headrace.definitions.metadata.values import MetadataValue
    from headrace.execute.contexts.output_context import OutputContext
    from headrace.execute.contexts.resource_pool import ResourcePool
    from headrace.execute.contexts.scope import StepScope
    from headrace.execute.planning.plan import StepOutput
    from headrace.execute.steps.returned import UserResult


class OutputStore:
    """Takes the outputs of one attempt."""

    def __init__(self, scope: StepScope, pool: ResourcePool) -> None:
        self._scope = scope
        self._pool = pool
        self._contexts = IOContexts(scope, pool)
        self._verdicts = Verdicts(scope)
        self._assets = AssetOutputs(scope)

    def manager_keys(self) -> Iterator[str]:
        """The resources that the outputs are stored with."""
        for name in self._scope.selected_outputs:
            if not self._scope.op.outs[name].is_nothing:
                yield self._scope.step.outputs[name].manager_key

    def take(self, result: UserResult) -> None:
        """Take what user code gave: an output, an asset it made itself, or an event."""
        if isinstance(result, Output):
            self._take_output(result)
        elif isinstance(result, MaterializeResult):
            self._take_materialized(result)
        elif isinstance(result, ObserveResult):
            self._take_observed(result)
        elif isinstance(result, AssetCheckResult):
            self._take_verdict(result)
        elif isinstance(result, (DataVersion, DataVersionsByPartition)):
            output = self._assets.output_of(None, type(result).__name__)
            self._new_output(output.name, None)
            self._assets.observed_versions(output, result)
            self._produced(output.name, None)
        else:
            self._scope.record(result)

    def finish(self) -> None:
        """Refuse a step that owes an output, or whose blocking check failed."""
        self._refuse_unsaid()
        self._verdicts.finish()
        said_nothing = not self._scope.produced
        for name, out in self._scope.op.outs.items():
            if name in self._scope.produced or name not in self._scope.selected_outputs or out.is_dynamic:
                continue
            if out.is_nothing and out.is_required and said_nothing:
                self._take_unsaid(name)
            elif out.is_required:
                raise StepOutputNotFoundError(
                    f'Core compute for op "{self._scope.step_key}" did not return an output for non-optional output '
                    f'"{name}". Produce it, or declare it with is_required=False.'
                )

    def _refuse_unsaid(self) -> None:
        """Refuse a step that said that it would tell of all its outputs and has not."""
        if self._scope.owes_outputs is None:
            return
        owed = [
            name
            for name, out in self._scope.op.outs.items()
            # What is made is chosen by the run where assets can be made apart from each other: that is owed, too.
            if (out.is_required or self._scope.assets_def is not None)
            and name in self._scope.selected_outputs
            and name not in self._scope.produced
        ]
        if owed:
            raise InvariantViolationError(
                f"Op {self._scope.step_key!r} did not yield or return expected outputs {owed}. {self._scope.owes_outputs}".strip()
            )

    def _take_verdict(self, result: AssetCheckResult) -> None:
        step = self._scope.step
        if not self._verdicts.are_expected and len(step.path) > 1 and len(step.outputs) == 1:
            # Inside of a graph, a verdict may be handed on to the op that gives it.
            self._take_output(Output(result, next(iter(step.outputs))))
        else:
            self._verdicts.take(result)

    def _take_unsaid(self, name: str) -> None:
        output, metadata = self._output(name), self._scope.output_metadata(name)
        self._announce(output, metadata)
        self._assets.materialized(output, metadata, {})
        self._scope.produced.append(name)

    def _take_output(self, given: Output[Any]) -> None:
        mapping_key = given.mapping_key if isinstance(given, DynamicOutput) else None
        output = self._new_output(given.output_name, mapping_key)
        out = self._scope.op.outs[output.name]
        what = f'step output "{output.name}"'
        found = type_check(out.type, given.value, output.name, what, self._scope, self._pool)
        metadata = {**self._scope.output_metadata(output.name, mapping_key), **given.metadata}
        self._scope.emit(OutputProduced(output.name, mapping_key, found, metadata))
        require_type(found, out.type, what, self._scope)
        if self._scope.frame.keep_output is not None:
            self._scope.frame.keep_output(self._scope.step_key, output.name, mapping_key, given.value)
        self._keep_for_hooks(output.name, mapping_key, given.value, metadata)
        stored = {} if out.is_nothing else self._store(output, given.value, metadata, mapping_key)
        self._assets.materialized(output, {**metadata, **stored}, {**given.tags, **version_tags(given.data_version)})
        self._produced(output.name, mapping_key)

    def _keep_for_hooks(
        self, name: str, mapping_key: str | None, value: Any, metadata: Mapping[str, MetadataValue]
    ) -> None:
        if not self._scope.frame.job.hooks_of(self._scope.step.path):
            return
        if mapping_key is None:
            self._scope.output_values[name] = value
            self._scope.produced_metadata[name] = metadata
        else:
            self._scope.output_values.setdefault(name, {})[mapping_key] = value
            self._scope.produced_metadata.setdefault(name, {})[mapping_key] = metadata

    def _take_materialized(self, result: MaterializeResult[Any]) -> None:
        output = self._assets.output_of(result.asset_key, type(result).__name__)
        if result.has_value:
            self._take_output(Output(result.value, output.name, result.metadata, result.data_version, tags=result.tags))
            self._take_checks(result, output)
            return
        self._new_output(output.name, None)
        self._refuse_missing_value(output)
        metadata = {**self._scope.output_metadata(output.name), **normalize_metadata(result.metadata)}
        self._announce(output, metadata)
        self._assets.materialized(output, metadata, {**result.tags, **version_tags(result.data_version)})
        self._produced(output.name, None)
        self._take_checks(result, output)

    def _refuse_missing_value(self, output: StepOutput) -> None:
        out = self._scope.op.outs[output.name]
        declared = out.type
        if not out.is_nothing and not declared.is_any:
            raise TypeCheckError(
                f'Type check failed for output "{output.name}" of step {self._scope.step_key!r}: it is declared to be of type '
                f"{declared.display_name}, but the MaterializeResult has no value. Give it one, or annotate the function with "
                "MaterializeResult."
            )

    def _take_observed(self, result: ObserveResult) -> None:
        output = self._assets.output_of(result.asset_key, type(result).__name__)
        self._new_output(output.name, None)
        self._assets.observed(output, result)
        self._produced(output.name, None)
        self._take_checks(result, output)

    def _take_checks(self, result: MaterializeResult[Any] | ObserveResult, output: StepOutput) -> None:
        for each in result.check_results:
            self._verdicts.take(each, output.asset_key)

    def _new_output(self, name: str, mapping_key: str | None) -> StepOutput:
        output, step_key = self._output(name), self._scope.step_key
        if name not in self._scope.selected_outputs:
            selected = ", ".join(map(repr, sorted(self._scope.selected_outputs))) or "none"
            raise InvariantViolationError(
                f'Core compute for op "{step_key}" returned an output "{name}" that is not selected. Selected are: '
                f"{selected}; look at context.selected_output_names."
            )
        self._assets.check_order(output)
        if not self._scope.op.outs[name].is_dynamic:
            if mapping_key is not None:
                raise InvariantViolationError(
                    f"Step {step_key!r} gave a DynamicOutput for {name!r}, which is not declared as DynamicOut."
                )
            if name in self._scope.produced:
                raise InvariantViolationError(
                    f'Compute for op "{self._scope.op.name}" returned an output "{name}" multiple times (step {step_key!r})'
                )
        elif mapping_key is None:
            raise InvariantViolationError(
                f"Step {step_key!r} gave a plain value for {name!r}, which is declared as DynamicOut: yield "
                "DynamicOutput(value, mapping_key=...) for each value."
            )
        elif mapping_key in self._scope.mapping_keys.get(name, ()):
            raise InvariantViolationError(f"Step {step_key!r} produced mapping key {mapping_key!r} of {name!r} twice.")
        return output

    def _produced(self, name: str, mapping_key: str | None) -> None:
        if name not in self._scope.produced:
            self._scope.produced.append(name)
        if mapping_key is not None:
            self._scope.mapping_keys.setdefault(name, []).append(mapping_key)

    def _output(self, name: str) -> StepOutput:
        outputs = self._scope.step.outputs
        if name not in outputs:
            known = ", ".join(map(repr, outputs)) or "none"
            raise InvariantViolationError(f"Step {self._scope.step_key!r} has no output {name!r}; it has: {known}.")
        return outputs[name]

    def _announce(self, output: StepOutput, metadata: Mapping[str, MetadataValue]) -> None:
        """Say that an output is there that has no value to check."""
        declared = self._scope.op.outs[output.name].type
        self._scope.emit(OutputProduced(output.name, None, TypeCheckData(output.name, declared.display_name), metadata))

    def _store(
        self, output: StepOutput, value: Any, metadata: Mapping[str, MetadataValue], mapping_key: str | None
    ) -> Mapping[str, MetadataValue]:
        key = output.manager_key
        manager = self._pool.require((key,), self._scope)[key]
        if self._scope.frame.isolated and isinstance(manager, InMemoryIOManager):
            raise UnmetExecutorRequirementsError(
                f"Output {output.name!r} of step {self._scope.step_key!r} is stored by InMemoryIOManager, but each step of "
                "this run has a process of its own, so no other step could load it. Use FilesystemIOManager or another "
                "persistent I/O manager, or run the job with in_process_executor."
            )
        context = self._contexts.output(self._scope.step, output.name, key, metadata=metadata, mapping_key=mapping_key)
        try:
            self._handle(manager, context, value)
        except Exception as error:
            message = f"While storing output {output.name!r} of step {self._scope.step_key!r}:"
            raise HandleOutputError(message, user_exception=error) from error
        added = context.get_logged_metadata()
        self._scope.emit(OutputStored(output.name, key, mapping_key, added))
        return added

    def _handle(self, manager: Any, context: OutputContext, value: Any) -> None:
        handled = manager.handle_output(context, value)
        if inspect.isgenerator(handled):
            log_yielded(handled, context)

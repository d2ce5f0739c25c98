"""Running the op of one step attempt: resources, inputs, the user's function, outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.attachment import as_attached
from headrace.definitions.resources.context import Resources
from headrace.execute.contexts.context import context_for, current
from headrace.execute.events.logs import CAPTURED_LOGGER, captured_loggers
from headrace.execute.steps.compute import call
from headrace.execute.steps.loading import InputLoader
from headrace.execute.steps.returned import results_of
from headrace.execute.steps.storing import OutputStore
from headrace.faults import point

if TYPE_CHECKING:
    from headrace.execute.contexts.resource_pool import ResourcePool
    from headrace.execute.contexts.scope import StepScope


def run_step(scope: StepScope, pool: ResourcePool) -> None:
    """Run the attempt to its end; raises what user code raises."""
    op, loader, store = scope.op, InputLoader(scope, pool), OutputStore(scope, pool)
    # The I/O managers of outputs start first of all: a wrong bucket name must not be found after hours of work.
    resources = pool.require(
        {*op.required_resource_keys, *loader.manager_keys(), *store.manager_keys()}, scope, f"op {op.name!r}"
    )
    scope.resources = Resources({key: as_attached(each) for key, each in resources.items()})
    scope.config = scope.frame.config.op_config(scope.step.path)
    context = context_for(scope)
    with current(context), captured_loggers((CAPTURED_LOGGER,), scope.log_handler, scope.frame.spec.managed_loggers):
        inputs = loader.load_all()
        result = call(
            op.compute_fn,
            op.signature,
            context=context,
            config=_config_object(scope),
            resources=resources,
            inputs=inputs,
        )
        point("worker.mid_step")
        for each in results_of(op, result, explicit=scope.owes_outputs is not None):
            store.take(each)
    store.finish()


def _config_object(scope: StepScope) -> Any:
    """The `config` argument: an instance of the annotated `Config` class, or the plain value."""
    if scope.op.config_class is None:
        return scope.config
    where = [part for name in scope.step.path for part in ("ops", name)]
    return scope.op.config_class.from_config(scope.config, (*where, "config"))

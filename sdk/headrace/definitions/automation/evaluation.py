"""Calling the functions of schedules and sensors, and reading what they return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from typing import Any, cast

from headrace.definitions.automation.evaluation_context import EvaluationContext
from headrace.definitions.automation.run_request import RunRequest, SkipReason
from headrace.definitions.ops.signature import Signature, signature_of
from headrace.errors import InvalidDefinitionError, InvalidInvocationError, InvariantViolationError


class EvaluationFunction:
    """A function that takes a context or nothing, and resources by name.

    Args:
        function: The function.
        what: What it belongs to, for messages.
    """

    def __init__(self, function: Callable[..., Any], what: str) -> None:
        self.function = function
        self._signature = _checked_signature(function, what)
        self._context_first = next(iter(inspect.signature(function).parameters), None) == self._signature.context
        self._what = what

    @property
    def _kind(self) -> str:
        return self._what.partition(" ")[0]

    @property
    def resources(self) -> frozenset[str]:
        """The resources that it takes as parameters."""
        return frozenset(self._signature.resources)

    def __call__(self, context: EvaluationContext) -> Any:
        """Calls the function with the context and the resources it takes."""
        return self._call(context, context.start_resources(self._signature.resources))

    def invoke(
        self,
        context_type: type[EvaluationContext],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        required: Collection[str] = (),
    ) -> Any:
        """Calls the function as tests do: with a context or without, resources by keyword; those required are started."""
        given = dict(kwargs)
        context = self._context_of(args, given, context_type)
        if context is not None:
            context.start_resources([key for key in required if key in context.resource_defs])
        unknown = given.keys() - set(self._signature.resources)
        if unknown:
            raise InvalidInvocationError(f"{self._what} takes no argument {', '.join(sorted(map(repr, unknown)))}.")
        missing = [name for name in self._signature.resources if name not in given]
        started = context.start_resources(missing, self._what) if missing else {}
        return self._call(context, {**given, **started})

    def _call(self, context: EvaluationContext | None, resources: Mapping[str, Any]) -> Any:
        if self._signature.context is None:
            return self.function(**resources)
        if self._context_first:
            return self.function(context, **resources)
        return self.function(**{self._signature.context: context}, **resources)

    def _context_of(self, args: tuple[Any, ...], given: dict[str, Any], context_type: type[EvaluationContext]) -> Any:
        """The context among the arguments; None where the function wants one and is given None on purpose."""
        names = [name for name in dict.fromkeys((self._signature.context, "context")) if name in given]
        contexts = [*args, *(given.pop(name) for name in names if name is not None)]
        if len(contexts) > 1:
            raise InvalidInvocationError(
                f"{self._kind} invocation received multiple non-resource arguments. Only a first positional context parameter "
                f"should be provided when invoking. {self._what} got {len(contexts)}; resources are given by keyword."
            )
        if not contexts and self._signature.context is not None:
            if given.keys() - set(self._signature.resources):
                raise InvalidInvocationError(
                    f"{self._kind} invocation expected argument '{self._signature.context}'. {self._what} has no other."
                )
            raise InvalidInvocationError(
                f"{self._kind} evaluation function expected context argument, but no context argument was provided when invoking. "
                f"It is that of {self._what[0].lower()}{self._what[1:]}."
            )
        context = contexts[0] if contexts else context_type()
        if isinstance(context, context_type):
            return context
        if context is None and not self._signature.resources:
            return None
        raise InvalidInvocationError(
            f"{self._what} takes a {context_type.__name__}, not {context!r}. If directly invoking a {self._kind.lower()}, you may not "
            "provide resources as positional arguments, only as keyword arguments."
        )


def _checked_signature(function: Callable[..., Any], what: str) -> Signature:
    signature = signature_of(function, allow_config=False)
    inputs = list(signature.inputs)
    if signature.context is None and len(inputs) == 1:
        # Whatever a lone parameter is called, it can only be the context.
        return Signature(inputs[0].name, signature.config, signature.resources, (), None, False, False, False)
    if inputs:
        names = ", ".join(repr(each.name) for each in inputs)
        raise InvalidDefinitionError(
            f"{what}: its function takes {names}; it may take a context and resources, which are annotated with a "
            "ConfigurableResource or ResourceParam."
        )
    return signature


def as_list(result: Any) -> Sequence[Any]:
    """What a function returned or yields, as a list."""
    if result is None:
        return []
    if inspect.isgenerator(result):
        # What it returns counts like what it yields.
        yielded, returned = _exhausted(cast("Generator[Any, None, Any]", result))
        return [each for each in (*yielded, *as_list(returned)) if each is not None]
    if isinstance(result, (list, tuple)):
        return [each for each in result if each is not None]
    return [result]


def _exhausted(generator: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    yielded = []
    while True:
        try:
            yielded.append(next(generator))
        except StopIteration as end:
            return yielded, end.value


def split_results(results: Iterable[Any], what: str) -> tuple[list[RunRequest], SkipReason | None]:
    """Run requests or a reason to skip; refuses both together and anything else."""
    requests, skips = [], []
    for each in results:
        if isinstance(each, RunRequest):
            requests.append(each)
        elif isinstance(each, SkipReason):
            skips.append(each)
        else:
            raise InvariantViolationError(f"{what} gave {each!r}; it may give RunRequests or one SkipReason.")
    if len(skips) > 1 or (skips and requests):
        raise InvariantViolationError(
            f"{what} gave {len(skips)} SkipReason and {len(requests)} RunRequests; "
            "it may give RunRequests or one SkipReason."
        )
    return requests, skips[0] if skips else None

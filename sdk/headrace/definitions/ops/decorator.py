"""The `@op` decorator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any, overload

from headrace.definitions.docstrings import docstring_of
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.signature import refuse_double_requirements, signature_of
from headrace.errors import InvalidDefinitionError


@overload
def op(compute_fn: Callable[..., Any]) -> OpDefinition: ...


@overload
def op(
    *,
    name: str | None = ...,
    description: str | None = ...,
    ins: Mapping[str, In] | None = ...,
    out: Out | Mapping[str, Out] | None = ...,
    config_schema: Any = ...,
    required_resource_keys: Set[str] | None = ...,
    tags: Mapping[str, Any] | None = ...,
    version: str | None = ...,
    retry_policy: RetryPolicy | None = ...,
    code_version: str | None = ...,
    pool: str | None = ...,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...


def op(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: Set[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """Makes an op of a function.

    Its parameters are, in this order: `context` (optional), then in any order `config`, resources (annotated with a
    `ConfigurableResource` or `ResourceParam`) and inputs. It returns or yields its outputs.

    Args:
        compute_fn: The function, when the decorator is used without arguments.
        name: The op's name; the function's when left out.
        description: What it does; the function's docstring when left out.
        ins: More about the inputs.
        out: The output, or several of them by name.
        config_schema: What config it takes, instead of a `config` parameter.
        required_resource_keys: Resources that it reads from `context.resources`.
        tags: For executors and people.
        version: The older name of `code_version`.
        retry_policy: Whether and when it is tried again.
        code_version: The version of the code.
        pool: The pool whose limit its steps count against.
    """

    def make(function: Callable[..., Any]) -> OpDefinition:
        signature = signature_of(function)
        refuse_double_requirements("op", required_resource_keys, signature)
        return OpDefinition(
            function,
            name or function.__name__,
            ins=ins,
            outs=out,
            description=description if description is not None else docstring_of(function),
            config_schema=config_schema,
            required_resource_keys=required_resource_keys,
            tags=tags,
            code_version=code_version or version,
            retry_policy=retry_policy,
            pool=pool,
            signature=signature,
        )

    if compute_fn is None:
        return make
    if not callable(compute_fn):
        raise InvalidDefinitionError(f"@op decorates a function, not {compute_fn!r}.")
    return make(compute_fn)

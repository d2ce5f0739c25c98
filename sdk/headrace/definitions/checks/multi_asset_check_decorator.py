"""The `@multi_asset_check` decorator: one function that makes several checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.assets.in_out import AssetIn
from headrace.definitions.assets.inputs import AssetInputs, asset_inputs
from headrace.definitions.assets.key import CoercibleToAssetKey
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.spec import AssetCheckSpec, checks_by_output
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.signature import Signature, signature_of
from headrace.definitions.ops.types import Nothing
from headrace.definitions.tags import kind_tags
from headrace.errors import InvalidDefinitionError


def multi_asset_check(
    *,
    specs: Sequence[AssetCheckSpec],
    name: str | None = None,
    description: str | None = None,
    required_resource_keys: Set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    op_tags: Mapping[str, Any] | None = None,
    can_subset: bool = False,
    compute_kind: str | None = None,
    retry_policy: RetryPolicy | None = None,
    config_schema: Any = None,
    ins: Mapping[str, CoercibleToAssetKey | AssetIn] | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """Makes several checks of one function that yields an `AssetCheckResult` for each.

    Args:
        specs: The checks.
        name: The op's name; the function's when left out.
        description: What the function does; its docstring when left out.
        required_resource_keys: Resources that it reads from `context.resources`.
        resource_defs: Resources by name.
        op_tags: Tags of the op, for executors.
        can_subset: Whether the function can make some of them without the others.
        compute_kind: The older form of one kind.
        retry_policy: Whether and when the function is tried again.
        config_schema: What config it takes, instead of a `config` parameter.
        ins: Assets that are loaded as inputs.
        pool: The pool whose limit its steps count against.
    """

    def make(function: Callable[..., Any]) -> AssetChecksDefinition:
        op_name = name or function.__name__
        what = f"Multi-asset check {op_name!r}"
        by_output = checks_by_output(specs, what)
        signature = signature_of(function)
        inputs = _inputs(signature, by_output.values(), ins or {}, what)
        node = OpDefinition(
            function,
            op_name,
            ins=inputs.ins,
            outs={output: Out(dagster_type=Nothing, is_required=not can_subset) for output in by_output},
            description=description if description is not None else docstring_of(function),
            config_schema=config_schema,
            required_resource_keys={*(required_resource_keys or ()), *(resource_defs or {})},
            tags={**(kind_tags([compute_kind], what) if compute_kind else {}), **(op_tags or {})},
            retry_policy=retry_policy,
            pool=pool,
            signature=signature,
        )
        return AssetChecksDefinition(
            node_def=node,
            check_specs_by_output_name=by_output,
            keys_by_input_name=inputs.keys_by_input_name,
            can_subset=can_subset,
            resource_defs=resource_defs,
        )

    return make


def _inputs(
    signature: Signature, specs: Any, ins: Mapping[str, CoercibleToAssetKey | AssetIn], what: str
) -> AssetInputs:
    """Every checked asset comes first, whether it is loaded or not."""
    known = {key.to_python_identifier() for key in (spec.asset_key for spec in specs)}
    strange = [each.name for each in signature.inputs if each.name not in ins and each.name not in known]
    if strange and not signature.takes_any:
        raise InvalidDefinitionError(
            f"{what}: the parameters {', '.join(map(repr, strange))} are called like none of the checked assets; name the "
            "assets that they take in `ins`."
        )
    loaded = {AssetIn.from_coercible(each).key_for(parameter) for parameter, each in ins.items()}
    checked = [spec.asset_key for spec in specs]
    others = [dep.asset_key for spec in specs for dep in spec.additional_deps]
    deps = [key for key in dict.fromkeys([*checked, *others]) if key not in loaded]
    return asset_inputs(signature, ins, deps, what)

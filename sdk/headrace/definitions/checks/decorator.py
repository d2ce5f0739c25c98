"""The `@asset_check` decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.assets.in_out import AssetIn
from headrace.definitions.assets.inputs import AssetInputs, asset_inputs
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import AssetDep, CoercibleToAssetDep, HasAssetKey, coerce_to_key
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.spec import AssetCheckSpec, named_twice
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.signature import Signature, signature_of
from headrace.definitions.ops.types import Nothing
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.tags import kind_tags
from headrace.errors import InvalidDefinitionError


def asset_check(
    *,
    asset: CoercibleToAssetKey | HasAssetKey,
    name: str | None = None,
    description: str | None = None,
    blocking: bool = False,
    additional_ins: Mapping[str, AssetIn] | None = None,
    additional_deps: Iterable[CoercibleToAssetDep] | None = None,
    required_resource_keys: Set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config_schema: Any = None,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    retry_policy: RetryPolicy | None = None,
    metadata: Mapping[str, Any] | None = None,
    automation_condition: Any = None,
    pool: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """Makes a check of a function that returns an `AssetCheckResult`.

    Its parameters are, in this order: `context` (optional), then in any order `config`, resources, those named in
    `additional_ins`, and one of any other name, which is the value of the asset.

    Args:
        asset: The asset that is looked at.
        name: Unique among the checks of the asset; the function's name when left out.
        description: What is checked; the function's docstring when left out.
        blocking: Whether assets downstream are not made when the check fails with severity ERROR.
        additional_ins: Other assets that are loaded as inputs.
        additional_deps: Other assets that must be made before the check runs.
        required_resource_keys: Resources that it reads from `context.resources`.
        resource_defs: Resources by name.
        config_schema: What config it takes, instead of a `config` parameter.
        compute_kind: The older form of one kind.
        op_tags: Tags of the op, for executors.
        retry_policy: Whether and when the function is tried again.
        metadata: Shown with the check.
        automation_condition: When the check runs by itself.
        pool: The pool whose limit its steps count against.
        partitions_def: The partitions that it gives a verdict for each of; those of the asset, or none.
    """

    def make(function: Callable[..., Any]) -> AssetChecksDefinition:
        text = description if description is not None else docstring_of(function)
        check_name = name or function.__name__
        for parameter, each in (additional_ins or {}).items():
            if AssetIn.from_coercible(each).key_for(parameter) == coerce_to_key(asset):
                raise named_twice(check_name, coerce_to_key(asset), "additional_ins")
        spec = AssetCheckSpec(
            check_name,
            asset=asset,
            description=text,
            additional_deps=_others(additional_deps, additional_ins),
            blocking=blocking,
            metadata=metadata,
            automation_condition=automation_condition,
            partitions_def=partitions_def,
        )
        signature = signature_of(function)
        inputs = _inputs(signature, spec, additional_ins or {})
        output = spec.get_python_identifier()
        node = OpDefinition(
            function,
            output,
            ins=inputs.ins,
            outs={output: Out(dagster_type=Nothing)},
            description=text,
            config_schema=config_schema,
            required_resource_keys={*(required_resource_keys or ()), *(resource_defs or {})},
            tags={**(kind_tags([compute_kind], output) if compute_kind else {}), **(op_tags or {})},
            retry_policy=retry_policy,
            pool=pool,
            signature=signature,
        )
        return AssetChecksDefinition(
            node_def=node,
            check_specs_by_output_name={output: spec},
            keys_by_input_name=inputs.keys_by_input_name,
            resource_defs=resource_defs,
        )

    if callable(asset) and not isinstance(getattr(asset, "key", None), AssetKey):
        raise InvalidDefinitionError("@asset_check takes the asset that is checked: @asset_check(asset=...).")
    return make


def _others(
    deps: Iterable[CoercibleToAssetDep] | None, ins: Mapping[str, AssetIn] | None
) -> Sequence[CoercibleToAssetDep]:
    """Everything beside the checked asset that must be made before, be it loaded or not."""
    loaded = [
        AssetDep(each.key_for(name), partition_mapping=each.partition_mapping)
        for name, each in ((name, AssetIn.from_coercible(each)) for name, each in (ins or {}).items())
    ]
    return [*loaded, *(deps or ())]


def _inputs(signature: Signature, spec: AssetCheckSpec, others: Mapping[str, AssetIn]) -> AssetInputs:
    """The checked asset, as a value where a parameter takes it, and the other assets."""
    what = f"Check {spec.key.to_user_string()!r}"
    free = [parameter.name for parameter in signature.inputs if parameter.name not in others]
    if len(free) > 1:
        raise InvalidDefinitionError(
            f"When defining check '{spec.name}', multiple assets provided as parameters: {free}. These should either match "
            "the target asset or be specified in 'additional_ins'."
        )
    ins: dict[str, AssetIn | CoercibleToAssetKey] = {**others, **{name: AssetIn(key=spec.asset_key) for name in free}}
    loaded = {AssetIn.from_coercible(each).key_for(name) for name, each in others.items()}
    others_first = [dep for dep in spec.additional_deps if dep.asset_key not in loaded]
    deps = [*others_first, *(() if free else (spec.asset_key,))]
    return asset_inputs(signature, ins, deps, what)

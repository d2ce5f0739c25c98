"""The `@multi_asset` decorator: one function that makes several assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.in_out import AssetIn, AssetOut
from headrace.definitions.assets.inputs import AssetInputs, add_order_inputs, asset_inputs, check_said_once
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import (
    TYPE_METADATA_NAMES,
    AssetDep,
    AssetSpec,
    CoercibleToAssetDep,
    io_manager_key_in,
)
from headrace.definitions.checks.inside import asset_checks, check_outs
from headrace.definitions.checks.spec import AssetCheckSpec
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY, Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.signature import refuse_double_requirements, signature_of
from headrace.definitions.ops.types import Nothing
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.source import SourceLocation, source_of
from headrace.definitions.tags import kind_tags
from headrace.errors import InvalidDefinitionError


def multi_asset(
    *,
    outs: Mapping[str, AssetOut] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn | CoercibleToAssetKey] | None = None,
    deps: Iterable[CoercibleToAssetDep] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: Set[str] | None = None,
    internal_asset_deps: Mapping[str, Set[AssetKey]] | None = None,
    op_tags: Mapping[str, Any] | None = None,
    can_subset: bool = False,
    allow_arbitrary_check_specs: bool = False,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    specs: Sequence[AssetSpec] | None = None,
    pool: str | None = None,
    compute_kind: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    hooks: Set[HookDefinition] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Makes several assets of one function.

    Args:
        outs: The assets by output name; the function returns or yields an output for each.
        name: The op's name; the function's when left out.
        ins: More about parameters that are assets upstream.
        deps: Assets upstream of all of them that are not loaded as inputs; with `outs` only.
        description: What the function does; its docstring when left out.
        config_schema: What config it takes, instead of a `config` parameter.
        required_resource_keys: Resources that it reads from `context.resources`.
        internal_asset_deps: The assets upstream by output name, where they are not all inputs; with `outs` only.
        op_tags: Tags of the op, for executors.
        can_subset: Whether the function can make some of them without the others.
        allow_arbitrary_check_specs: Whether its checks may look at assets that it does not make.
        resource_defs: Resources by name.
        group_name: The group of those that name none.
        retry_policy: Whether and when the function is tried again.
        code_version: The version of the code; of those that name none.
        specs: The assets; the function returns or yields a `MaterializeResult` for each.
        pool: The pool whose limit its steps count against.
        compute_kind: One kind for all of them, in its older form.
        partitions_def: The partitions of those that name none.
        backfill_policy: How many partitions one run of a backfill makes; one when left out.
        check_specs: Checks of the assets whose verdicts the function gives as well.
        hooks: Run after the step that makes what is decorated.
    """
    if outs is not None and specs is not None:
        raise InvalidDefinitionError("@multi_asset takes either outs or specs.")
    if specs is not None and (deps is not None or internal_asset_deps is not None):
        raise InvalidDefinitionError(
            "Can not pass deps and specs to @multi_asset, nor internal_asset_deps: specify deps on the AssetSpecs directly."
        )

    def make(function: Callable[..., Any]) -> AssetsDefinition:
        op_name = name or function.__name__
        what = f"Multi-asset {op_name!r}"
        signature = signature_of(function)
        refuse_double_requirements("multi_asset", required_resource_keys, signature)
        inputs = asset_inputs(signature, ins or {}, deps or (), what)
        if outs is not None:
            built = _from_outs(outs, inputs, internal_asset_deps or {}, source_of(function), what)
        else:
            built = _from_specs(specs or (), what)
            inputs = _with_deps_of(built.specs, inputs, ins or {}, what)
        _check_partitions(built.specs, partitions_def, can_subset, what)
        if can_subset:
            inputs = _with_made_along(built.specs, inputs)
        made = [_completed(spec, group_name, code_version, compute_kind, partitions_def, what) for spec in built.specs]
        checks = asset_checks(check_specs, {spec.key for spec in built.specs}, what, of_any=allow_arbitrary_check_specs)
        all_outs = {**built.outs, **check_outs(checks)}
        node = OpDefinition(
            function,
            op_name,
            ins=inputs.ins,
            outs={key: _optional(out) if can_subset else out for key, out in all_outs.items()},
            description=description if description is not None else docstring_of(function),
            config_schema=config_schema,
            required_resource_keys={*(required_resource_keys or ()), *(resource_defs or {})},
            tags=op_tags,
            code_version=code_version,
            retry_policy=retry_policy,
            pool=pool,
            signature=signature,
        )
        return AssetsDefinition(
            specs=made,
            node_def=node,
            keys_by_input_name=inputs.keys_by_input_name,
            keys_by_output_name=built.keys_by_output_name,
            check_specs_by_output_name=checks,
            hook_defs=hooks,
            backfill_policy=backfill_policy or _policy_of(outs or {}, what),
            can_subset=can_subset,
            resource_defs=resource_defs,
        )

    return make


class _Built:
    """The outputs of the op and the assets they are."""

    def __init__(self) -> None:
        self.specs: list[AssetSpec] = []
        self.outs: dict[str, Out] = {}
        self.keys_by_output_name: dict[str, AssetKey] = {}

    def add(self, output: str, out: Out, spec: AssetSpec) -> None:
        """Adds an asset."""
        self.outs[output] = out
        self.keys_by_output_name[output] = spec.key
        self.specs.append(spec)


def _from_outs(
    outs: Mapping[str, AssetOut],
    inputs: AssetInputs,
    internal: Mapping[str, Set[AssetKey]],
    source: SourceLocation,
    what: str,
) -> _Built:
    keys = {output: out.key_for(output) for output, out in outs.items()}
    for output in internal:
        if output not in outs:
            raise InvalidDefinitionError(
                f"{what}: Invalid out key {output!r} in internal_asset_deps; the outputs are: {', '.join(outs)}."
            )
    built = _Built()
    known = {*inputs.keys_by_input_name.values(), *keys.values()}
    for output, out in outs.items():
        upstream = internal.get(output)
        if upstream is not None and upstream - known:
            names = ", ".join(sorted(key.to_user_string() for key in upstream - known))
            raise InvalidDefinitionError(
                f"{what}: internal_asset_deps of {output!r} names assets that are neither inputs nor outputs: {names}."
            )
        by_key = {dep.asset_key: dep for dep in inputs.deps}
        deps = inputs.deps if upstream is None else [by_key.get(key) or AssetDep(key) for key in sorted(upstream)]
        built.add(output, out.to_out(), _spec_of_out(keys[output], out, deps, source))
    _check_all_read(built.specs, inputs, what)
    return built


def _check_all_read(specs: Sequence[AssetSpec], inputs: AssetInputs, what: str) -> None:
    read = {dep.asset_key for spec in specs for dep in spec.deps}
    unread = [dep.asset_key.to_user_string() for dep in inputs.deps if dep.asset_key not in read]
    if unread:
        raise InvalidDefinitionError(
            f"{what}: inputs must be associated with an output, but internal_asset_deps names none that depends on "
            f"{', '.join(unread)}."
        )


def _spec_of_out(key: AssetKey, out: AssetOut, deps: Iterable[AssetDep], source: SourceLocation) -> AssetSpec:
    return AssetSpec(
        key,
        deps=deps,
        description=out.description,
        metadata=out.metadata,
        skippable=not out.is_required,
        group_name=out.group_name,
        code_version=out.code_version,
        owners=out.owners,
        tags=out.tags,
        kinds=out.kinds,
        automation_condition=out.automation_condition,
        freshness_policy=out.freshness_policy,
        is_virtual=out.is_virtual,
        source=source,
    )


def _from_specs(specs: Sequence[AssetSpec], what: str) -> _Built:
    built = _Built()
    for spec in specs:
        if not isinstance(spec, AssetSpec):
            raise InvalidDefinitionError(f"{what}: specs holds {spec!r}, which is no AssetSpec.")
        out = Out(
            dagster_type=_type_of(spec),
            io_manager_key=io_manager_key_in(spec.metadata) or DEFAULT_IO_MANAGER_KEY,
            description=spec.description,
            is_required=not spec.skippable,
            metadata=spec.metadata,
            code_version=spec.code_version,
        )
        built.add(spec.key.to_python_identifier(), out, spec)
    return built


def _type_of(spec: AssetSpec) -> Any:
    """Nothing is handed to an I/O manager, unless the spec names one."""
    for name in TYPE_METADATA_NAMES:
        if name in spec.metadata:
            return spec.metadata[name]
    return Nothing if io_manager_key_in(spec.metadata) is None else Any


def _with_deps_of(
    specs: Sequence[AssetSpec], inputs: AssetInputs, declared: Mapping[str, Any], what: str
) -> AssetInputs:
    """The inputs, with one of type Nothing for each dependency that is neither loaded nor made here."""
    deps = {dep.asset_key: dep for spec in specs for dep in spec.deps}
    for dep in inputs.deps:
        if dep.asset_key not in deps:
            raise InvalidDefinitionError(
                f"{what}: {dep.asset_key.to_user_string()!r} is specified as AssetIns, that is as a parameter or in `ins`, "
                "but none of the specs depends on it; add it to the deps of those that are made of it."
            )
        check_said_once(deps[dep.asset_key], declared, inputs.keys_by_input_name, what)
    here = {spec.key for spec in specs} | set(inputs.keys_by_input_name.values())
    outside = {dep.asset_key: None for spec in specs for dep in spec.deps if dep.asset_key not in here}
    ins, keys = dict(inputs.ins), dict(inputs.keys_by_input_name)
    add_order_inputs(outside, ins, keys)
    return AssetInputs(ins, keys, inputs.deps)


def _with_made_along(specs: Sequence[AssetSpec], inputs: AssetInputs) -> AssetInputs:
    """The inputs, with one for each dependency that is made here: it may be made in a step of its own."""
    here = {spec.key for spec in specs} - set(inputs.keys_by_input_name.values())
    ins, keys = dict(inputs.ins), dict(inputs.keys_by_input_name)
    add_order_inputs(sorted(here & {dep.asset_key for spec in specs for dep in spec.deps}), ins, keys)
    return AssetInputs(ins, keys, inputs.deps)


def _check_partitions(
    specs: Sequence[AssetSpec], partitions_def: PartitionsDefinition | None, can_subset: bool, what: str
) -> None:
    named = {spec.partitions_def for spec in specs}
    if partitions_def is not None:
        for spec in specs:
            if spec.partitions_def not in {None, partitions_def}:
                raise InvalidDefinitionError(
                    f"{what}: the AssetSpec of {spec.key.to_user_string()!r} has partitions_def {spec.partitions_def}, "
                    f"which is different than the partitions_def provided to AssetsDefinition: {partitions_def}."
                )
        if len(named) > 1:
            raise InvalidDefinitionError(
                f"{what}: If partitions_def is provided, then either all specs must have that PartitionsDefinition or none."
            )
    elif len(named - {None}) > 1 and not can_subset:
        raise InvalidDefinitionError(
            f"{what}: If different AssetSpecs have different partitions_defs, can_subset must be True."
        )


def _completed(
    spec: AssetSpec,
    group_name: str | None,
    code_version: str | None,
    compute_kind: str | None,
    partitions_def: PartitionsDefinition | None,
    what: str,
) -> AssetSpec:
    if group_name and spec.group_name:
        raise InvalidDefinitionError(
            f"{what}: asset {spec.key.to_user_string()!r} names the group {spec.group_name!r}, "
            f"the decorator names {group_name!r}; name it in one place."
        )
    if compute_kind and spec.kinds:
        raise InvalidDefinitionError(
            "Can not specify compute_kind on both the @multi_asset and kinds on AssetSpecs. "
            f"{what} does for {spec.key.to_user_string()!r}."
        )
    kinds = kind_tags([compute_kind], what) if compute_kind else {}
    return spec.replace_attributes(
        group_name=spec.group_name or group_name,
        code_version=spec.code_version or code_version,
        tags={**spec.tags, **kinds},
        partitions_def=spec.partitions_def or partitions_def,
    )


def _policy_of(outs: Mapping[str, AssetOut], what: str) -> BackfillPolicy | None:
    policies = {out.backfill_policy for out in outs.values()}
    if len(policies) > 1:
        raise InvalidDefinitionError(f"{what}: its outputs are made together, so they have one backfill_policy.")
    return next(iter(policies), None)


def _optional(out: Out) -> Out:
    return replace(out, is_required=False)

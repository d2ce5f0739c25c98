"""The `@asset` decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, overload

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.in_out import AssetIn
from headrace.definitions.assets.inputs import asset_inputs
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix
from headrace.definitions.assets.spec import AssetSpec, CoercibleToAssetDep
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.inside import asset_checks, check_outs
from headrace.definitions.checks.spec import AssetCheckSpec
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.naming import check_name
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY, DEFAULT_OUTPUT, Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.signature import refuse_double_requirements, signature_of
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.source import source_of
from headrace.definitions.tags import kind_tags
from headrace.errors import InvalidDefinitionError
from headrace.undefined import UNDEFINED


@overload
def asset(compute_fn: Callable[..., Any]) -> AssetsDefinition: ...


@overload
def asset(
    *,
    name: str | None = ...,
    key_prefix: CoercibleToAssetKeyPrefix | None = ...,
    ins: Mapping[str, AssetIn | CoercibleToAssetKey] | None = ...,
    deps: Iterable[CoercibleToAssetDep] | None = ...,
    metadata: Mapping[str, Any] | None = ...,
    tags: Mapping[str, str] | None = ...,
    description: str | None = ...,
    config_schema: Any = ...,
    required_resource_keys: Set[str] | None = ...,
    resource_defs: Mapping[str, object] | None = ...,
    io_manager_def: object | None = ...,
    io_manager_key: str | None = ...,
    dagster_type: Any = ...,
    op_tags: Mapping[str, Any] | None = ...,
    group_name: str | None = ...,
    output_required: bool = ...,
    retry_policy: RetryPolicy | None = ...,
    code_version: str | None = ...,
    key: CoercibleToAssetKey | None = ...,
    owners: Sequence[str] | None = ...,
    kinds: Set[str] | Sequence[str] | None = ...,
    pool: str | None = ...,
    compute_kind: str | None = ...,
    partitions_def: PartitionsDefinition | None = ...,
    backfill_policy: BackfillPolicy | None = ...,
    automation_condition: AutomationCondition | None = ...,
    freshness_policy: FreshnessPolicy | None = ...,
    is_virtual: bool = ...,
    check_specs: Sequence[AssetCheckSpec] | None = ...,
    hooks: Set[HookDefinition] | None = ...,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...


def asset(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    ins: Mapping[str, AssetIn | CoercibleToAssetKey] | None = None,
    deps: Iterable[CoercibleToAssetDep] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: Set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    dagster_type: Any = UNDEFINED,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    owners: Sequence[str] | None = None,
    kinds: Set[str] | Sequence[str] | None = None,
    pool: str | None = None,
    compute_kind: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
    is_virtual: bool = False,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    hooks: Set[HookDefinition] | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Makes an asset of a function: what the function returns is the asset's value.

    Its parameters are, in this order: `context` (optional), then in any order `config`, resources (annotated with a
    `ConfigurableResource` or `ResourceParam`) and the assets upstream, by their names.

    Args:
        compute_fn: The function, when the decorator is used without arguments.
        name: The asset's name, the last part of its key; the function's when left out.
        key_prefix: The parts of the key before the name.
        ins: More about parameters that are assets upstream.
        deps: Assets upstream that are not loaded as inputs.
        metadata: Shown with the asset, and for I/O managers.
        tags: To select and group by.
        description: What it is; the function's docstring when left out.
        config_schema: What config it takes, instead of a `config` parameter.
        required_resource_keys: Resources that it reads from `context.resources`.
        resource_defs: Resources by name.
        io_manager_def: The I/O manager that stores it.
        io_manager_key: The resource that stores it.
        dagster_type: The type that values are checked against; the return annotation when left out.
        op_tags: Tags of the op that makes it, for executors.
        group_name: The group it is shown in.
        output_required: Whether the function must produce it every time.
        retry_policy: Whether and when the function is tried again.
        code_version: The version of the code.
        key: The whole key, instead of `name` and `key_prefix`.
        owners: Who answers for it: email addresses or `team:…`.
        kinds: What it is made with or stored in, such as `python` or `snowflake`; at most three.
        pool: The pool whose limit its steps count against.
        compute_kind: The older form of one kind.
        partitions_def: The partitions it is split into.
        backfill_policy: How many partitions one run of a backfill makes; one when left out.
        automation_condition: When it is made by itself.
        freshness_policy: How old it may become.
        is_virtual: Whether it is only a view of what is upstream, and holds no data of its own.
        check_specs: Checks of the asset whose verdicts the function gives as well.
        hooks: Run after the step that makes what is decorated.
    """

    def make(function: Callable[..., Any]) -> AssetsDefinition:
        asset_key = _asset_key(function, name, key_prefix, key)
        what = f"Asset {asset_key.to_user_string()!r}"
        signature = signature_of(function)
        refuse_double_requirements("asset", required_resource_keys, signature)
        inputs = asset_inputs(signature, ins or {}, deps or (), what)
        op_name = asset_key.to_python_identifier()
        checks = asset_checks(check_specs, {asset_key}, what)
        resources, io_key = _with_io_manager(op_name, resource_defs, io_manager_def, io_manager_key, what)
        node = OpDefinition(
            function,
            op_name,
            ins=inputs.ins,
            outs={
                DEFAULT_OUTPUT: _out(dagster_type, output_required, io_key, metadata, code_version),
                **check_outs(checks),
            },
            description=description if description is not None else docstring_of(function),
            config_schema=config_schema,
            required_resource_keys={*(required_resource_keys or ()), *(resources or ())} - _io_only(resources, io_key),
            tags=op_tags,
            code_version=code_version,
            retry_policy=retry_policy,
            pool=pool,
            signature=signature,
        )
        spec = AssetSpec(
            asset_key,
            deps=inputs.deps,
            description=node.description,
            metadata=metadata,
            skippable=not output_required,
            group_name=group_name,
            code_version=code_version,
            owners=owners,
            tags={**(tags or {}), **kind_tags(_kinds(kinds, compute_kind, what), what)},
            partitions_def=partitions_def,
            automation_condition=automation_condition,
            freshness_policy=freshness_policy,
            is_virtual=is_virtual,
            source=source_of(function),
        )
        return AssetsDefinition(
            specs=[spec],
            node_def=node,
            keys_by_input_name=inputs.keys_by_input_name,
            keys_by_output_name={DEFAULT_OUTPUT: asset_key},
            backfill_policy=backfill_policy,
            check_specs_by_output_name=checks,
            hook_defs=hooks,
            resource_defs=resources,
        )

    if compute_fn is None:
        return make
    if not callable(compute_fn):
        raise InvalidDefinitionError(f"@asset decorates a function, not {compute_fn!r}.")
    return make(compute_fn)


def _asset_key(
    function: Callable[..., Any],
    name: str | None,
    key_prefix: CoercibleToAssetKeyPrefix | None,
    key: CoercibleToAssetKey | None,
) -> AssetKey:
    if key is not None:
        if name is not None or key_prefix is not None:
            raise InvalidDefinitionError(
                "Cannot specify a name or key prefix for @asset when the key argument is provided: "
                f"{function.__name__!r}."
            )
        return AssetKey.from_coercible(key)
    own = AssetKey(name or function.__name__)
    check_name(own.to_python_identifier(), "An asset's name")
    return own.with_prefix(key_prefix or ())


def _out(
    dagster_type: Any, required: bool, io_manager_key: str, metadata: Mapping[str, Any] | None, version: str | None
) -> Out:
    return Out(
        dagster_type=dagster_type,
        is_required=required,
        io_manager_key=io_manager_key,
        metadata=metadata or {},
        code_version=version,
    )


def _kinds(kinds: Set[str] | Sequence[str] | None, compute_kind: str | None, what: str) -> Any:
    if kinds and compute_kind:
        raise InvalidDefinitionError(
            f"{what}: Cannot specify compute_kind and kinds on the @asset decorator. Give kinds only."
        )
    return [compute_kind] if compute_kind else kinds


def _with_io_manager(
    op_name: str,
    resource_defs: Mapping[str, object] | None,
    io_manager_def: object | None,
    io_manager_key: str | None,
    what: str,
) -> tuple[Mapping[str, object], str]:
    """The resources, with an I/O manager that was given as such, and the key of the I/O manager."""
    if io_manager_def is None:
        return resource_defs or {}, io_manager_key or DEFAULT_IO_MANAGER_KEY
    if io_manager_key is not None:
        raise InvalidDefinitionError(
            f"{what}: Both io_manager_key and io_manager_def were provided to `@asset` decorator. Please provide one or the other."
        )
    own_key = f"{op_name}__io_manager"
    return {**(resource_defs or {}), own_key: io_manager_def}, own_key


def _io_only(resources: Mapping[str, object], io_manager_key: str) -> set[str]:
    return {io_manager_key} & set(resources)

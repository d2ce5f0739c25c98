"""Binding resources to assets."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg


@dg.resource(config_schema=str)
def named(context: dg.InitResourceContext) -> str:
    return context.resource_config


@dg.resource(required_resource_keys={"inner"})
def outer(context: dg.InitResourceContext) -> str:
    return f"outer of {context.resources.inner}"


@dg.asset(required_resource_keys={"outer"})
def asking(context: dg.AssetExecutionContext) -> str:
    return context.resources.outer


def test_an_asset_gets_what_it_needs_and_nothing_else() -> None:
    [bound] = dg.with_resources(
        [asking],
        {"outer": outer, "inner": named, "other": named},
        resource_config_by_key={"inner": {"config": "x"}},
    )
    assert set(bound.resource_defs) == {"outer", "inner"}
    assert dg.materialize([bound]).output_for_node("asking") == "outer of x"
    assert bound(dg.build_asset_context()) == "outer of x"


@pytest.mark.parametrize(
    ("resources", "config", "error", "message"),
    [
        ({}, {}, dg.InvalidDefinitionError, "resource with key 'outer' required by op 'asking' was not provided"),
        ({"outer": outer}, {}, dg.InvalidDefinitionError, "'inner' required by resource with key 'outer'"),
        (
            {"outer": outer, "inner": named},
            {"inner": "x"},
            dg.InvalidInvocationError,
            "config for resource key 'inner'",
        ),
        (
            {"outer": outer, "inner": named},
            {"inner": {"config": object()}},
            dg.InvalidConfigError,
            "applying config for resource with key 'inner'",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_once(
    resources: dict[str, Any], config: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        dg.with_resources([asking], resources, resource_config_by_key=config)


def test_resources_that_need_each_other_are_refused() -> None:
    @dg.resource(required_resource_keys={"outer"})
    def inner(context: dg.InitResourceContext) -> None: ...

    with pytest.raises(dg.ResourceCycleError, match="transitively depends on itself: (inner|outer) -> "):
        dg.with_resources([asking], {"outer": outer, "inner": inner})


def test_a_resource_is_bound_once() -> None:
    @dg.asset(resource_defs={"inner": named})
    def own() -> None: ...

    with pytest.raises(dg.InvalidInvocationError, match="for the following keys: inner"):
        dg.with_resources([own], {"inner": named})


def test_external_assets_name_what_loads_them() -> None:
    far = dg.SourceAsset("far", io_manager_key="lake")
    with pytest.raises(dg.InvalidDefinitionError, match=r"io manager with key 'lake' required by SourceAsset"):
        dg.with_resources([far], {})
    with pytest.raises(dg.InvalidDefinitionError, match="'lake' required by .*, but received .*ResourceDefinition"):
        dg.with_resources([far], {"lake": dg.ResourceDefinition.none_resource()})
    [bound] = dg.with_resources([far], {"lake": dg.mem_io_manager})
    assert set(bound.resource_defs) == {"lake"}


def test_what_one_asset_brings_is_not_there_for_another() -> None:
    @dg.asset(resource_defs={"inner": named})
    def bringing() -> None: ...

    @dg.asset(required_resource_keys={"inner"})
    def lacking() -> None: ...

    message = "resource with key 'inner' required by op 'lacking' was not provided"
    with pytest.raises(dg.InvalidDefinitionError, match=message):
        dg.materialize([bringing, lacking])
    with pytest.raises(dg.InvalidDefinitionError, match=message):
        dg.Definitions([bringing, lacking], jobs=[dg.define_asset_job("both")]).get_job_def("both")


def test_an_input_manager_is_bound_to_the_asset_that_loads_with_it() -> None:
    class Four(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None: ...

        def load_input(self, context: dg.InputContext) -> int:
            assert context.upstream_output is not None
            return 4

    @dg.asset
    def one() -> int:
        return 1

    @dg.asset(ins={"value": dg.AssetIn("one", input_manager_key="four")})
    def loading(value: int) -> None:
        assert value == 4

    assert dg.materialize(dg.with_resources([one, loading], {"four": Four(), "io_manager": Four()})).success

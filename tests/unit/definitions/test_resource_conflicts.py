"""Resources of one name that are not the same are refused where the definitions are put together."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg


def hardcoded(value: str) -> dg.ResourceDefinition:
    return dg.ResourceDefinition.hardcoded_resource(value)


@dg.io_manager(required_resource_keys={"foo"})
def manager() -> None: ...


def source(key: str) -> dg.SourceAsset:
    return dg.SourceAsset(key, io_manager_def=manager, resource_defs={"foo": hardcoded(key)})


@dg.asset(resource_defs={"foo": hardcoded("asset")})
def bringing_foo() -> None: ...


@dg.asset
def plain() -> None: ...


@pytest.mark.parametrize(
    "assets", [[bringing_foo, source("a")], [source("a"), source("b")], [plain, source("a"), source("b")]]
)
def test_assets_that_bring_different_resources_of_one_name_are_refused(assets: list[Any]) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="Conflicting versions of resource with key 'foo'"):
        dg.Definitions.validate_loadable(dg.Definitions(assets=assets))


def test_so_is_materializing_them() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="Conflicting versions of resource with key 'foo'"):
        dg.materialize([bringing_foo, plain, source("a")], selection=[plain])


@pytest.mark.parametrize(
    ("asset", "title"), [(source("s"), r"SourceAsset with key AssetKey"), (bringing_foo, 'with key ."bringing_foo".')]
)
def test_an_asset_that_brings_another_resource_than_the_definitions_is_refused(asset: Any, title: str) -> None:
    with pytest.raises(dg.InvalidInvocationError, match=title + r".* has conflicting resource definitions .*foo"):
        dg.Definitions.validate_loadable(dg.Definitions(assets=[asset], resources={"foo": hardcoded("other")}))


def test_the_same_resource_twice_is_no_conflict() -> None:
    shared = hardcoded("shared")

    @dg.asset(resource_defs={"foo": shared})
    def one() -> None: ...

    @dg.asset(resource_defs={"foo": shared})
    def two() -> None: ...

    dg.Definitions.validate_loadable(dg.Definitions(assets=[one, two], resources={"foo": shared}))


def test_an_io_manager_of_its_own_is_no_conflict_with_that_of_all_others() -> None:
    @dg.asset(resource_defs={"io_manager": dg.mem_io_manager})
    def kept() -> int:
        return 1

    dg.Definitions.validate_loadable(dg.Definitions(assets=[kept], resources={"io_manager": dg.fs_io_manager}))


def test_a_resource_that_is_no_input_manager_is_refused_where_the_job_is_defined() -> None:
    @dg.op(ins={"number": dg.In(input_manager_key="numbers")})
    def reading(number: int) -> None: ...

    with pytest.raises(
        dg.InvalidDefinitionError, match="input manager with key 'numbers' required by .*, but received"
    ):

        @dg.job(resource_defs={"numbers": hardcoded("no manager")})
        def job() -> None:
            reading()

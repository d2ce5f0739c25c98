"""Assets whose definitions are made of data that is asked from elsewhere."""

from __future__ import annotations

import types
from collections.abc import Sequence

import headrace as dg
from headrace.definitions.assets.cacheable import AssetsDefinitionCacheableData, CacheableAssetsDefinition


class Tables(CacheableAssetsDefinition):
    def compute_cacheable_data(self) -> Sequence[AssetsDefinitionCacheableData]:
        return [AssetsDefinitionCacheableData(keys_by_output_name={"result": dg.AssetKey(self.unique_id)})]

    def build_definitions(self, data: Sequence[AssetsDefinitionCacheableData]) -> Sequence[dg.AssetsDefinition]:
        @dg.op
        def make() -> str:
            return self.unique_id

        return [dg.AssetsDefinition.from_op(make, keys_by_output_name=each.keys_by_output_name) for each in data]


def test_they_are_made_where_definitions_are() -> None:
    defs = dg.Definitions(assets=[Tables("orders")])
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert result.asset_value("orders") == "orders"


def test_a_module_that_has_them_is_loaded_with_a_group_and_a_prefix() -> None:
    module = types.ModuleType("tables")
    module.__dict__.update(one=Tables("one"), several=[Tables("two"), Tables("three")])
    loaded = dg.load_assets_from_modules([module], group_name="raw", key_prefix="db")
    specs = dg.Definitions(assets=loaded).resolve_all_asset_specs()
    assert {spec.key.to_user_string() for spec in specs} == {"db/one", "db/two", "db/three"}
    assert {spec.group_name for spec in specs} == {"raw"}

"""Asset factories."""

import json

import dagster as dg

TABLES = [{"name": "customers", "rows": 3}, {"name": "orders", "rows": 5}]


def build_table(table: dict) -> dg.Definitions:
    @dg.asset(name=f"raw_{table['name']}", group_name=table["name"])
    def _raw(context) -> dict:
        context.log.info(json.dumps(table))
        return table

    @dg.asset(
        name=f"{table['name']}_count", ins={"raw": dg.AssetIn(key=f"raw_{table['name']}")}, group_name=table["name"]
    )
    def _count(raw: dict) -> int:
        return raw["rows"]

    job = dg.define_asset_job(f"{table['name']}_job", selection=dg.AssetSelection.groups(table["name"]))
    return dg.Definitions(assets=[_raw, _count], jobs=[job])


defs = dg.Definitions.merge(*(build_table(table) for table in TABLES))


def test_every_table_has_its_assets_and_job():
    for table in TABLES:
        result = defs.resolve_job_def(f"{table['name']}_job").execute_in_process()
        assert result.output_for_node(f"{table['name']}_count") == table["rows"]


def test_specs_are_made_of_data():
    specs = [dg.AssetSpec(table["name"], metadata={"rows": table["rows"]}, kinds={"postgres"}) for table in TABLES]

    def with_owner(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(owners=["team:data"]).merge_attributes(tags={"made": "by_factory"})

    mapped = dg.map_asset_specs(with_owner, specs)
    assert [list(spec.owners) for spec in mapped] == [["team:data"], ["team:data"]]
    assert all(spec.tags["made"] == "by_factory" and spec.kinds == {"postgres"} for spec in mapped)

    @dg.multi_asset(specs=mapped)
    def tables():
        for spec in mapped:
            yield dg.MaterializeResult(asset_key=spec.key)

    assert dg.materialize([tables]).success

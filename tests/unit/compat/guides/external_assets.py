"""External and observable assets."""

from hashlib import sha256

import dagster as dg


def test_external_assets_are_specs():
    raw = dg.AssetSpec("raw", group_name="outside", description="made elsewhere")
    clean = dg.AssetSpec(["outside", "clean"], deps=[raw])

    @dg.asset(deps=[clean])
    def ours() -> None: ...

    defs = dg.Definitions(assets=[raw, clean, ours])
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    assert specs[raw.key].description == "made elsewhere"
    assert [dep.asset_key for dep in specs[clean.key].deps] == [raw.key]
    assert dg.materialize([ours, raw, clean], selection=[ours]).success


def test_what_happened_outside_is_reported():
    instance = dg.DagsterInstance.ephemeral()
    instance.report_runless_asset_event(dg.AssetMaterialization("raw", metadata={"rows": 10, "source": "a script"}))
    event = instance.get_latest_materialization_event(dg.AssetKey("raw"))
    assert event.asset_materialization.metadata["rows"].value == 10
    assert event.asset_materialization.metadata["source"].text == "a script"


def test_a_sensor_reports_what_happened_outside():
    @dg.sensor(minimum_interval_seconds=30)
    def watches(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        return dg.SensorResult(asset_events=[dg.AssetMaterialization("raw", metadata={"rows": 10})], cursor="1")

    result = watches.evaluate_tick(dg.build_sensor_context(instance=dg.DagsterInstance.ephemeral()))
    assert result.asset_events[0].asset_key == dg.AssetKey("raw")


def test_observations_carry_data_versions():
    @dg.observable_source_asset
    def file():
        return dg.DataVersion(sha256(b"content").hexdigest())

    @dg.asset(deps=[file])
    def reads() -> None: ...

    job = dg.define_asset_job("observation_job", [file])
    schedule = dg.ScheduleDefinition(name="observation_schedule", cron_schedule="@daily", job=job)
    defs = dg.Definitions(assets=[file, reads], jobs=[job], schedules=[schedule])
    result = defs.resolve_job_def("observation_job").execute_in_process()
    assert result.asset_observations_for_node("file")[0].tags["dagster/data_version"] == sha256(b"content").hexdigest()


def test_observations_of_several_assets():
    @dg.multi_observable_source_asset(specs=[dg.AssetSpec("charges"), dg.AssetSpec("customers")])
    def tables():
        for name in ("charges", "customers"):
            yield dg.ObserveResult(
                asset_key=name, metadata={"dagster/last_updated_timestamp": dg.MetadataValue.timestamp(1700000000.0)}
            )

    job = dg.define_asset_job("observe_tables", dg.AssetSelection.assets(tables))
    result = dg.Definitions(assets=[tables], jobs=[job]).resolve_job_def("observe_tables").execute_in_process()
    keys = [event.asset_key.to_user_string() for event in result.asset_observations_for_node("tables")]
    assert sorted(keys) == ["charges", "customers"]


def test_virtual_assets():
    @dg.asset
    def table() -> int:
        return 1

    view = dg.AssetSpec("view", deps=[table], is_virtual=True)

    @dg.asset(deps=[view])
    def reader() -> None: ...

    assert len(list(dg.Definitions(assets=[table, view, reader]).resolve_all_asset_specs())) == 3

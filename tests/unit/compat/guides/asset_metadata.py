"""Asset metadata: at definition, at run time, tables and lineage, code."""

import datetime

import dagster as dg


def test_definition_metadata():
    @dg.asset(
        metadata={"owner": "me", "link": dg.MetadataValue.url("https://x.org"), "limit": 3},
        kinds={"snowflake", "python"},
    )
    def described() -> None: ...

    metadata = described.metadata_by_key[described.key]
    assert metadata["owner"] in ("me", dg.MetadataValue.text("me"))
    assert described.specs_by_key[described.key].kinds == {"snowflake", "python"}


def test_every_kind_of_value():
    now = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    values = {
        "text": dg.MetadataValue.text("t"),
        "url": dg.MetadataValue.url("https://x.org"),
        "path": dg.MetadataValue.path("/tmp/x"),
        "notebook": dg.MetadataValue.notebook("/tmp/x.ipynb"),
        "json": dg.MetadataValue.json({"a": [1]}),
        "md": dg.MetadataValue.md("# Title"),
        "python": dg.MetadataValue.python_artifact(dg.AssetKey),
        "float": dg.MetadataValue.float(1.5),
        "int": dg.MetadataValue.int(3),
        "bool": dg.MetadataValue.bool(True),
        "timestamp": dg.MetadataValue.timestamp(now),
        "asset": dg.MetadataValue.asset(dg.AssetKey("x")),
        "null": dg.MetadataValue.null(),
        "job": dg.MetadataValue.job("nightly", "location"),
        "run": dg.MetadataValue.dagster_run("some-run"),
    }

    @dg.asset
    def everything() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata=values)

    found = dg.materialize([everything]).asset_materializations_for_node("everything")[0].metadata
    assert {name: found[name] for name in values} == values
    assert found["timestamp"].value == now.timestamp()
    assert found["json"].data == {"a": [1]}


def test_tables():
    schema = dg.TableSchema(
        columns=[
            dg.TableColumn(
                "id", "int", description="the key", constraints=dg.TableColumnConstraints(nullable=False, unique=True)
            ),
            dg.TableColumn("name", "string", tags={"pii": ""}),
        ],
        constraints=dg.TableConstraints(other=["id > 0"]),
    )
    lineage = dg.TableColumnLineage(
        deps_by_column={"id": [dg.TableColumnDep(asset_key=dg.AssetKey("source"), column_name="key")]}
    )

    @dg.asset(metadata={"dagster/column_schema": schema})
    def table() -> dg.MaterializeResult:
        return dg.MaterializeResult(
            metadata={
                "dagster/column_schema": schema,
                "dagster/column_lineage": lineage,
                "dagster/row_count": 374,
                "sample": dg.MetadataValue.table(records=[dg.TableRecord({"id": 1, "name": "a"})], schema=schema),
            }
        )

    metadata = dg.materialize([table]).asset_materializations_for_node("table")[0].metadata
    assert metadata["dagster/column_schema"].value.columns[0].name == "id"
    assert metadata["dagster/column_lineage"].value == lineage
    assert metadata["sample"].records[0].data == {"id": 1, "name": "a"}
    assert metadata["dagster/row_count"].value == 374


def test_outputs_carry_metadata_and_data_versions():
    @dg.asset(code_version="v5")
    def versioned() -> dg.Output[int]:
        return dg.Output(20, metadata={"x": 1}, data_version=dg.DataVersion("20"))

    result = dg.materialize([versioned])
    event = result.asset_materializations_for_node("versioned")[0]
    assert event.metadata["x"].value == 1
    assert event.tags["dagster/data_version"] == "20"


def test_materializations_are_logged_by_hand():
    @dg.op
    def by_hand(context: dg.OpExecutionContext) -> int:
        context.log_event(
            dg.AssetMaterialization(
                asset_key=["remote", "table"],
                description="stored",
                metadata={"rows": 3, "path": dg.MetadataValue.path("/x")},
                partition="2024",
            )
        )
        context.log_event(dg.AssetObservation(asset_key="seen", metadata={"size": 1}))
        return 1

    @dg.job
    def hand_made():
        by_hand()

    result = hand_made.execute_in_process()
    made = result.asset_materializations_for_node("by_hand")[0]
    assert (made.asset_key.to_user_string(), made.partition, made.description) == ("remote/table", "2024", "stored")
    assert result.asset_observations_for_node("by_hand")[0].asset_key == dg.AssetKey("seen")

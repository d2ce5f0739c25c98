"""Assets, checks and metadata, as the guides write them."""

import datetime
from collections.abc import Iterator

import dagster as dg


@dg.asset(
    group_name="shop",
    owners=["team:data", "me@example.com"],
    tags={"tier": "gold"},
    kinds={"python", "table"},
    code_version="1",
    metadata={"rows_expected": 3},
    description="What was ordered.",
)
def orders() -> dg.MaterializeResult:
    schema = dg.TableSchema(
        columns=[
            dg.TableColumn(
                "id", "int", "The key.", dg.TableColumnConstraints(nullable=False, unique=True), tags={"pii": ""}
            ),
            dg.TableColumn("name", "string"),
        ],
        constraints=dg.TableConstraints(other=["three rows"]),
    )
    return dg.MaterializeResult(
        metadata={
            "dagster/column_schema": schema,
            "dagster/row_count": 3,
            "text": "plain",
            "url": dg.MetadataValue.url("http://example.com"),
            "path": dg.MetadataValue.path("/tmp/x"),
            "notebook": dg.MetadataValue.notebook("/tmp/x.ipynb"),
            "json": dg.MetadataValue.json({"a": [1, None]}),
            "md": dg.MetadataValue.md("**bold**"),
            "int": 1,
            "float": 1.5,
            "bool": True,
            "timestamp": dg.MetadataValue.timestamp(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)),
            "table": dg.MetadataValue.table([dg.TableRecord({"id": 1, "name": "a"})], schema=schema),
            "null": dg.MetadataValue.null(),
            "asset": dg.MetadataValue.asset(dg.AssetKey("orders")),
            "job": dg.MetadataValue.job("shop_job", "assets"),
            "run": dg.MetadataValue.dagster_run("0"),
            "pool": dg.MetadataValue.pool("narrow"),
            "artifact": dg.MetadataValue.python_artifact(datetime.datetime),
        },
        data_version=dg.DataVersion("orders-1"),
        tags={"quality": "good"},
    )


@dg.asset(group_name="shop", deps=[orders])
def names(context: dg.AssetExecutionContext) -> list[str]:
    context.add_output_metadata(
        {
            "dagster/column_lineage": dg.TableColumnLineage(
                {"name": [dg.TableColumnDep(asset_key=dg.AssetKey("orders"), column_name="name")]}
            )
        }
    )
    provenance = context.get_asset_provenance(context.asset_key)
    context.log.info("provenance: %s", provenance)
    return ["a", "b"]


@dg.asset(group_name="shop", ins={"given": dg.AssetIn(key="names", metadata={"how": "eager"})}, key_prefix=["marts"])
def joined(given) -> dg.Output[str]:
    return dg.Output(",".join(given), metadata={"length": len(given)}, data_version=dg.DataVersion("j1"))


# Several assets at once


@dg.multi_asset(
    specs=[
        dg.AssetSpec("left", group_name="many", skippable=True),
        dg.AssetSpec("right", deps=["left"], group_name="many", skippable=True),
    ],
    can_subset=True,
)
def sides(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    for key in sorted(context.selected_asset_keys):
        yield dg.MaterializeResult(asset_key=key, metadata={"selected": len(context.selected_asset_keys)})


@dg.multi_asset(
    outs={
        "users": dg.AssetOut(key_prefix="db", description="Who they are.", io_manager_key="io_manager"),
        "groups": dg.AssetOut(is_required=False, group_name="many"),
    },
    internal_asset_deps={"users": set(), "groups": {dg.AssetKey(["db", "users"])}},
)
def people():
    yield dg.Output(["ann"], "users")
    yield dg.Output(["admins"], "groups")


@dg.op
def fetch() -> list[int]:
    return [1, 2]


@dg.op
def enrich(values: list[int], names: list[str]) -> list[str]:
    return [f"{value}{name}" for value, name in zip(values, names)]


@dg.graph_asset(group_name="graphs", check_specs=None, description="Made by several ops.")
def enriched(names):
    return enrich(fetch(), names)


@dg.op(out={"one": dg.Out(), "two": dg.Out()})
def split(values: list[int]):
    return values[0], values[1]


@dg.graph_multi_asset(outs={"one": dg.AssetOut(), "two": dg.AssetOut()}, group_name="graphs")
def both():
    one, two = split(fetch())
    return {"one": one, "two": two}


@dg.graph
def from_ops():
    return fetch()


wrapped = dg.AssetsDefinition.from_graph(
    from_ops, keys_by_output_name={"result": dg.AssetKey("wrapped")}, group_name="graphs"
)

# What is made elsewhere, and what is only looked at

raw = dg.AssetSpec("raw", group_name="outside", kinds={"s3"}, metadata={"where": "s3"})


@dg.observable_source_asset(group_name="outside")
def feed() -> dg.DataVersion:
    return dg.DataVersion("feed-7")


@dg.multi_observable_source_asset(specs=[dg.AssetSpec("api", group_name="outside")])
def observed():
    yield dg.ObserveResult(asset_key="api", metadata={"seen": 1}, data_version=dg.DataVersion("api-1"))


old_source = dg.SourceAsset("old_source", description="As older code says it.", group_name="outside")


@dg.asset(
    deps=[raw, feed, "api", old_source],
    group_name="shop",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=datetime.timedelta(hours=24)),
)
def summary(context: dg.AssetExecutionContext):
    assert context.has_assets_def and context.assets_def.keys == {dg.AssetKey("summary")}
    context.log_event(dg.AssetObservation("raw", metadata={"rows": 1}))
    return "done"


# Checks


@dg.asset_check(asset=orders, description="There are some.", blocking=True, metadata={"kind": "count"})
def orders_not_empty() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, metadata={"rows": 3})


@dg.asset_check(asset="names", additional_ins={"orders_text": dg.AssetIn("summary")})
def names_are_known(names: list[str], orders_text: str):
    return dg.AssetCheckResult(passed=names == ["a", "b"], severity=dg.AssetCheckSeverity.WARN, description=orders_text)


@dg.multi_asset_check(
    specs=[dg.AssetCheckSpec("left_ok", asset="left"), dg.AssetCheckSpec("right_ok", asset="right")], can_subset=True
)
def sides_ok(context: dg.AssetCheckExecutionContext):
    for key in context.selected_asset_check_keys:
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=key.name == "left_ok",
            severity=dg.AssetCheckSeverity.WARN,
        )


@dg.asset(
    check_specs=[
        dg.AssetCheckSpec("positive", asset="stock"),
        dg.AssetCheckSpec("blocks", asset="stock", blocking=True),
    ],
    group_name="stocked",
)
def stock():
    yield dg.Output(-1)
    yield dg.AssetCheckResult(check_name="positive", passed=False, severity=dg.AssetCheckSeverity.WARN)
    yield dg.AssetCheckResult(check_name="blocks", passed=False)


@dg.asset(group_name="stocked")
def after_stock(stock):
    raise AssertionError("a blocking check failed above")


freshness = dg.build_last_update_freshness_checks(assets=[orders], lower_bound_delta=datetime.timedelta(days=1))
bounds = dg.build_metadata_bounds_checks(assets=[orders], metadata_key="int", min_value=0, max_value=2)
columns = dg.build_column_schema_change_checks(assets=[orders])


def make(name: str) -> dg.AssetsDefinition:
    @dg.asset(name=name, group_name="made", deps=[raw])
    def _made():
        return name

    return _made


made = dg.map_asset_specs(
    lambda spec: spec.replace_attributes(tags={**spec.tags, "mapped": "yes"}).merge_attributes(owners=["team:data"]),
    [make("made_a"), make("made_b")],
)

shop_job = dg.define_asset_job(
    "shop_job", selection=dg.AssetSelection.groups("shop") - dg.AssetSelection.checks(), tags={"of": "shop"}
)
text_job = dg.define_asset_job("text_job", selection='group:"graphs" or key:"db/users" or key:"groups"')
check_job = dg.define_asset_job("check_job", selection=dg.AssetSelection.checks_for_assets(orders))
up_job = dg.define_asset_job(
    "up_job", selection=dg.AssetSelection.assets("summary").upstream() & dg.AssetSelection.all(include_sources=False)
)

defs = dg.Definitions(
    assets=dg.with_source_code_references(
        [
            orders,
            names,
            joined,
            sides,
            people,
            enriched,
            both,
            wrapped,
            raw,
            feed,
            observed,
            old_source,
            summary,
            stock,
            after_stock,
            *made,
        ]
    ),
    asset_checks=[orders_not_empty, names_are_known, sides_ok, *freshness, *bounds, *columns],
    jobs=[shop_job, text_job, check_job, up_job],
    metadata={"team": "data"},
)

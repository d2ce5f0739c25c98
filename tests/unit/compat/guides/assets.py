"""Defining assets."""

import dagster as dg


@dg.asset
def daily_sales() -> list[int]:
    """What was sold."""
    return [3, 4]


@dg.asset(
    deps=[daily_sales], group_name="sales", description="Sums", owners=["team:sales", "a@example.com"], kinds={"python"}
)
def weekly_sales(context: dg.AssetExecutionContext) -> None:
    context.log.info("Running")
    context.add_output_metadata({"rows": 2})


@dg.asset(key_prefix=["warehouse", "eu"], tags={"domain": "sales"}, code_version="2")
def report(daily_sales: list[int]) -> int:
    return sum(daily_sales)


@dg.multi_asset(specs=[dg.AssetSpec("orders"), dg.AssetSpec("items", deps=["orders"], skippable=True)])
def shop():
    yield dg.MaterializeResult(asset_key="orders", metadata={"rows": 5})


@dg.multi_asset(outs={"words": dg.AssetOut(), "number": dg.AssetOut(dagster_type=int)})
def words_and_number() -> tuple[str, int]:
    return "abc", 123


@dg.multi_asset(
    outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut(is_required=False)},
    can_subset=True,
)
def split(context: dg.AssetExecutionContext):
    if "a" in context.op_execution_context.selected_output_names:
        yield dg.Output(value=123, output_name="a")
    if "b" in context.op_execution_context.selected_output_names:
        yield dg.Output(value=456, output_name="b")


@dg.multi_asset(
    outs={"c": dg.AssetOut(), "d": dg.AssetOut()},
    internal_asset_deps={"c": {dg.AssetKey("a")}, "d": {dg.AssetKey("b")}},
)
def derived(a, b):
    yield dg.Output(value=a + 1, output_name="c")
    yield dg.Output(value=b + 1, output_name="d")


defs = dg.Definitions(assets=[daily_sales, weekly_sales, report, shop, words_and_number, split, derived])


def test_assets_are_materialized_with_what_they_depend_on():
    result = dg.materialize([daily_sales, weekly_sales, report])
    assert result.success
    assert result.output_for_node("warehouse__eu__report") == 7
    assert result.asset_value(dg.AssetKey(["warehouse", "eu", "report"])) == 7
    event = result.asset_materializations_for_node("weekly_sales")[0]
    assert event.metadata["rows"].value == 2


def test_assets_say_what_they_are():
    spec = weekly_sales.specs_by_key[dg.AssetKey("weekly_sales")]
    assert (spec.group_name, spec.description, spec.kinds) == ("sales", "Sums", {"python"})
    assert list(spec.owners) == ["team:sales", "a@example.com"]
    assert report.key == dg.AssetKey(["warehouse", "eu", "report"])
    assert weekly_sales.asset_deps[weekly_sales.key] == {daily_sales.key}
    assert report.tags_by_key[report.key]["domain"] == "sales"
    assert daily_sales.get_asset_spec().description == "What was sold."


def test_multi_assets_yield_results():
    result = dg.materialize([shop, words_and_number])
    keys = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert keys == {"orders", "words", "number"}
    assert result.output_for_node("words_and_number", "number") == 123


def test_a_multi_asset_makes_what_is_selected():
    result = dg.materialize([split, derived], selection=dg.AssetSelection.assets("a"))
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [dg.AssetKey("a")]
    assert dg.materialize([split, derived]).output_for_node("derived", "d") == 457


def test_definitions_know_their_assets():
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    assert [dep.asset_key for dep in specs[dg.AssetKey("items")].deps] == [dg.AssetKey("orders")]
    assert dg.Definitions.merge(dg.Definitions(assets=[daily_sales]), dg.Definitions(assets=[shop])).assets


def test_an_asset_returns_what_it_made():
    @dg.asset
    def measured() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"ratio": 0.5, "page": dg.MetadataValue.url("https://example.com")})

    result = dg.materialize([measured])
    metadata = result.asset_materializations_for_node("measured")[0].metadata
    assert metadata["ratio"] == dg.MetadataValue.float(0.5)
    assert metadata["page"].url == "https://example.com"


def test_an_asset_skips_itself():
    @dg.asset(output_required=False)
    def sometimes():
        if False:
            yield dg.Output(1)

    @dg.asset
    def after(sometimes):
        return sometimes

    result = dg.materialize([sometimes, after])
    assert result.success
    assert result.get_asset_materialization_events() == []


def test_a_failed_asset_is_tried_again():
    tries = []

    @dg.asset(
        retry_policy=dg.RetryPolicy(
            max_retries=2, delay=0.01, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
        )
    )
    def flaky() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise Exception("not yet")
        return len(tries)

    assert dg.materialize([flaky]).output_for_node("flaky") == 3

"""Graph-backed assets."""

import dagster as dg


@dg.op
def fetch() -> list:
    return [1, 2, 3]


@dg.op
def store(files: list) -> int:
    return len(files)


@dg.op
def add(number: int, other: int) -> int:
    return number + other


@dg.op(out={"one": dg.Out(), "two": dg.Out()})
def two_outputs(upstream):
    yield dg.Output(output_name="one", value=upstream)
    yield dg.Output(output_name="two", value=upstream + 1)


def test_a_graph_makes_an_asset():
    @dg.graph_asset(group_name="files", description="How many files", tags={"a": "b"})
    def file_count():
        return store(fetch())

    result = dg.materialize([file_count])
    assert result.asset_value("file_count") == 3
    assert result.output_for_node("file_count.fetch") == [1, 2, 3]
    assert file_count.group_names_by_key[file_count.key] == "files"


def test_between_other_assets():
    @dg.asset
    def upstream() -> int:
        return 1

    @dg.graph_asset(ins={"first": dg.AssetIn(key="upstream")})
    def middle(first):
        return add(first, first)

    @dg.asset
    def downstream(middle: int) -> int:
        return middle + 1

    assert dg.materialize([upstream, middle, downstream]).output_for_node("downstream") == 3


def test_several_assets_of_one_graph():
    @dg.asset
    def upstream() -> int:
        return 1

    @dg.graph_multi_asset(outs={"first": dg.AssetOut(), "second": dg.AssetOut(description="next")}, can_subset=False)
    def both(upstream):
        one, two = two_outputs(upstream)
        return {"first": one, "second": two}

    result = dg.materialize([upstream, both])
    assert (result.asset_value("first"), result.asset_value("second")) == (1, 2)


def test_from_a_graph_with_names_of_its_own():
    @dg.graph(out={"one": dg.GraphOut(), "two": dg.GraphOut()})
    def return_both(zero):
        one, two = two_outputs(zero)
        return {"one": one, "two": two}

    @dg.asset
    def upstream() -> int:
        return 5

    both = dg.AssetsDefinition.from_graph(
        return_both,
        keys_by_input_name={"zero": dg.AssetKey("upstream")},
        keys_by_output_name={"one": dg.AssetKey("asset_one"), "two": dg.AssetKey("asset_two")},
    )
    result = dg.materialize([upstream, both])
    assert result.asset_value("asset_two") == 6


def test_from_an_op():
    @dg.op
    def compute(upstream: int) -> int:
        return upstream * 2

    @dg.asset
    def upstream() -> int:
        return 5

    made = dg.AssetsDefinition.from_op(compute, keys_by_output_name={"result": dg.AssetKey("doubled")})
    assert dg.materialize([upstream, made]).asset_value("doubled") == 10


def test_config_for_the_ops_inside():
    class Limit(dg.Config):
        limit: int

    @dg.op
    def limited(config: Limit) -> int:
        return config.limit

    @dg.graph_asset(config={"limited": {"config": {"limit": 7}}})
    def fixed():
        return limited()

    assert dg.materialize([fixed]).asset_value("fixed") == 7

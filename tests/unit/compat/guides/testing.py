"""Testing assets and ops."""

from unittest import mock

import dagster as dg


class Path(dg.Config):
    filepath: str


class Foo(dg.ConfigurableResource):
    my_string: str


@dg.asset
def basic() -> int:
    return 5


@dg.asset
def with_inputs(x, y):
    return x + y


@dg.asset
def with_config(config: Path) -> str:
    return config.filepath


@dg.asset
def with_resource(foo: Foo) -> str:
    return foo.my_string


@dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"))
def with_context(context: dg.AssetExecutionContext) -> str:
    context.log.info("here")
    return context.partition_key


@dg.op
def op_with_config(config: Path) -> str:
    return config.filepath * 2


@dg.op
def op_with_context(context: dg.OpExecutionContext, number: int) -> str:
    context.log.info(f"My run ID is {context.run_id}")
    return f"{context.op_config['a']} {context.resources.foo.my_string} {number}"


@dg.asset
def data_source() -> list:
    return [1]


@dg.asset
def structured(data_source) -> int:
    return len(data_source)


def test_assets_are_called():
    assert basic() == 5
    assert with_inputs(5, 6) == 11
    assert with_inputs(x=1, y=2) == 3
    assert with_config(config=Path(filepath="a.csv")) == "a.csv"
    assert with_resource(foo=Foo(my_string="bar")) == "bar"
    assert with_context(dg.build_asset_context(partition_key="2024-01-05")) == "2024-01-05"


def test_ops_are_called():
    assert op_with_config(Path(filepath="a")) == "aa"
    context = dg.build_op_context(op_config={"a": 1}, resources={"foo": Foo(my_string="bar")})
    assert op_with_context(context, 3) == "1 bar 3"
    fake = mock.Mock()
    fake.my_string = "mocked"
    assert op_with_context(dg.build_op_context(op_config={"a": 1}, resources={"foo": fake}), number=4) == "1 mocked 4"


def test_assets_that_yield_are_called():
    @dg.asset
    def yields(context: dg.AssetExecutionContext):
        context.add_output_metadata({"rows": 3})
        yield dg.Output(1, metadata={"a": 2})

    @dg.asset
    def materializes() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": 3})

    context = dg.build_asset_context()
    assert [output.value for output in yields(context)] == [1]
    assert context.get_output_metadata("result") == {"rows": 3}
    assert materializes().metadata == {"rows": 3}


def test_assets_are_materialized_to_memory():
    result = dg.materialize_to_memory([data_source, structured])
    assert result.success and result.output_for_node("structured") == 1
    resources = {"foo": mock.MagicMock(my_string="mocked")}
    assert dg.materialize_to_memory([with_resource], resources=resources).output_for_node("with_resource") == "mocked"


def test_jobs_are_executed():
    @dg.op
    def add(left: int, right: int) -> int:
        return left + right

    @dg.graph
    def adding():
        add(basic_op(), basic_op.alias("again")())

    result = adding.to_job().execute_in_process()
    assert isinstance(result, dg.ExecuteInProcessResult)
    assert result.output_for_node("add") == 10
    assert adding.execute_in_process(resources={"unused": 1}).success


@dg.op
def basic_op() -> int:
    return 5


def test_async_ops():
    @dg.op
    async def waits() -> int:
        import asyncio

        await asyncio.sleep(0)
        return 3

    @dg.job
    def waiting():
        waits()

    assert waiting.execute_in_process().output_for_node("waits") == 3


def test_records_of_an_instance():
    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([basic], instance=instance, tags={"a": "b"}).success
        event = instance.get_latest_materialization_event(basic.key)
        assert event.asset_materialization.asset_key == basic.key
        records = instance.fetch_materializations(basic.key, limit=10).records
        assert len(records) == 1
        assert instance.get_run_records()[0].dagster_run.tags["a"] == "b"


def test_definitions_are_validated():
    dg.Definitions.validate_loadable(dg.Definitions(assets=[data_source, structured]))

    @dg.asset(required_resource_keys={"missing"})
    def needs() -> None: ...

    try:
        dg.Definitions.validate_loadable(dg.Definitions(assets=[needs]))
    except dg.DagsterInvalidDefinitionError as error:
        assert "missing" in str(error)
        return
    raise AssertionError("loadable")

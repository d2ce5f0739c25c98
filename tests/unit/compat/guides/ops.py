"""Ops."""

from typing import Any

import dagster as dg

EvenNumber = dg.DagsterType(
    type_check_fn=lambda _, value: value % 2 == 0, name="EvenNumber", description="An even number"
)


class Api(dg.Config):
    endpoint: str


@dg.op
def hello() -> str:
    """Says hello."""
    return "hello"


@dg.op
def fetch(config: Api) -> str:
    return f"{config.endpoint}/data"


@dg.op(ins={"abc": dg.In(dagster_type=EvenNumber, description="even")}, tags={"a": "b"})
def typed(abc) -> int:
    return abc


@dg.op(out={"first": dg.Out(int), "second": dg.Out(str, is_required=False)})
def two(context: dg.OpExecutionContext):
    context.log.info(f"My run ID is {context.run_id}")
    yield dg.Output(5, output_name="first")
    yield dg.Output("foo", output_name="second")


def test_ops_run_in_jobs():
    @dg.job
    def everything():
        hello()
        fetch()
        two()

    result = everything.execute_in_process(run_config={"ops": {"fetch": {"config": {"endpoint": "x"}}}})
    assert result.output_for_node("fetch") == "x/data"
    assert result.output_for_node("two", "second") == "foo"
    assert (
        everything.execute_in_process(dg.RunConfig(ops={"fetch": Api(endpoint="y")})).output_for_node("fetch")
        == "y/data"
    )


def test_inputs_are_checked():
    @dg.op
    def odd() -> int:
        return 3

    @dg.job
    def wrong():
        typed(odd())

    result = wrong.execute_in_process(raise_on_error=False)
    assert not result.success
    try:
        wrong.execute_in_process()
    except dg.DagsterTypeCheckDidNotPass as error:
        assert "EvenNumber" in str(error)
    else:
        raise AssertionError("passed")


def test_several_outputs_by_annotation():
    @dg.op(out={"number": dg.Out(), "word": dg.Out()})
    def pair() -> tuple[int, str]:
        return (5, "foo")

    @dg.op
    def one_tuple() -> tuple[int, str]:
        return (5, "foo")

    @dg.op(out={"number": dg.Out(), "word": dg.Out()})
    def generic() -> tuple[dg.Output[int], dg.Output[str]]:
        return (dg.Output(5), dg.Output("foo", metadata={"a": 1}))

    @dg.job
    def tuples():
        pair()
        one_tuple()
        generic()

    result = tuples.execute_in_process()
    assert result.output_for_node("pair", "word") == "foo"
    assert result.output_for_node("one_tuple") == (5, "foo")
    assert result.output_for_node("generic", "number") == 5


def test_a_factory_of_ops():
    def make(name: str = "default", ins: dict | None = None, **options: Any) -> dg.OpDefinition:
        @dg.op(name=name, ins=ins or {"start": dg.In(dg.Nothing)}, **options)
        def _inner(**inputs):
            return len(inputs)

        return _inner

    @dg.job
    def made():
        make("second", tags={"x": "y"})(start=hello())
        make("third", ins={"a": dg.In(str), "b": dg.In(str)})(a=hello.alias("one")(), b=hello.alias("other")())

    result = made.execute_in_process()
    assert (result.output_for_node("second"), result.output_for_node("third")) == (0, 2)


def test_events_of_an_op():
    @dg.op(out={"a_num": dg.Out(dagster_type=int)})
    def emits():
        yield dg.ExpectationResult(success=True, label="positive", description="A num must be positive")
        yield dg.AssetMaterialization(asset_key="persisted_string", description="stored")
        yield dg.Output(value=2, output_name="a_num")

    @dg.graph
    def emitting():
        emits()

    result = emitting.to_job().execute_in_process()
    assert result.output_for_node("emits", output_name="a_num") == 2
    assert [event.event_type for event in result.events_for_node("emits")] == [
        dg.DagsterEventType.STEP_START,
        dg.DagsterEventType.STEP_EXPECTATION_RESULT,
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        dg.DagsterEventType.STEP_OUTPUT,
        dg.DagsterEventType.HANDLED_OUTPUT,
        dg.DagsterEventType.STEP_SUCCESS,
    ]
    materialization = result.events_for_node("emits")[2].event_specific_data.materialization
    assert materialization.label == "persisted_string"


def test_failure_and_retry():
    tries = []

    @dg.op
    def fails():
        raise dg.Failure(
            description="No files",
            metadata={"path": dg.MetadataValue.path("/x"), "url": dg.MetadataValue.url("http://x")},
        )

    @dg.op
    def flaky() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=0.01)
        return len(tries)

    @dg.job
    def both():
        flaky()
        fails()

    result = both.execute_in_process(raise_on_error=False)
    assert result.output_for_node("flaky") == 3
    assert result.retry_attempts_for_node("flaky") == 2
    failure = result.failure_data_for_node("fails")
    assert failure.user_failure_data.description == "No files"
    assert failure.user_failure_data.metadata["path"].path == "/x"


def test_retry_policies():
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3, delay=0.01, backoff=dg.Backoff.LINEAR))
    def problematic(context: dg.OpExecutionContext) -> int:
        if context.retry_number < 1:
            raise ValueError("again")
        return context.retry_number

    default = dg.RetryPolicy(max_retries=1)

    @dg.job(op_retry_policy=default)
    def retried():
        problematic()
        problematic.with_retry_policy(default).alias("differently")()

    assert retried.execute_in_process().output_for_node("problematic") == 1

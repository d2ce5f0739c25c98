"""Ops, graphs and jobs, as the guides write them."""

import asyncio
from typing import Any

import dagster as dg

# Inputs, outputs and their types


@dg.op(out={"small": dg.Out(int, is_required=False), "big": dg.Out(int, is_required=False)})
def route(context: dg.OpExecutionContext, value: int):
    yield dg.Output(value, "small" if value < 10 else "big", metadata={"value": value})


@dg.op(ins={"value": dg.In(int, description="What was small.", metadata={"unit": "rows"})})
def take_small(value):
    return value + 1


@dg.op
def take_big(value: int) -> int:
    return value * 2


@dg.op(out={"first": dg.Out(), "second": dg.Out(str)})
def two() -> tuple[int, str]:
    return 4, "four"


@dg.op
def collect(numbers: list[int], word: str, factor: int = 3) -> int:
    assert (sorted(numbers), word, factor) == ([4, 5], "four", 3)
    return sum(numbers) * factor


@dg.op(ins={"after": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing))
def clean_up():
    return None


@dg.op(ins={"start": dg.In(dg.Nothing)})
def last(context):
    context.log.info("all is clean")


@dg.job
def branching():
    first, word = two()
    small, big = route(first)
    take_big(big)
    last(clean_up(collect([first, take_small(small)], word)))


# Nested graphs, aliases, mapped config


@dg.op(config_schema={"factor": int})
def scale(context, number: float) -> float:
    return number * context.op_config["factor"]


@dg.op
def add_one(number: float) -> float:
    return number + 1.0


@dg.config_mapping(config_schema={"times": int})
def to_factors(config):
    return {"twice": {"config": {"factor": config["times"]}}, "again": {"config": {"factor": config["times"] + 1}}}


@dg.graph(
    ins={"number": dg.GraphIn(description="What to scale.")},
    out=dg.GraphOut(description="The outcome."),
    config=to_factors,
)
def scaled(number):
    return add_one(scale.alias("again")(scale.alias("twice")(number)))


@dg.op
def ten() -> float:
    return 10.0


@dg.op
def expect(context, number: float):
    assert number == 10.0 * 2 * 3 + 1, number


@dg.graph
def pipeline():
    expect(scaled(ten()))


nested = pipeline.to_job(name="nested", config={"ops": {"scaled": {"config": {"times": 2}}}}, tags={"kind": "nested"})


# Dynamic outputs


@dg.op(out=dg.DynamicOut(int))
def pieces():
    for number in range(3):
        yield dg.DynamicOutput(number, mapping_key=f"n{number}")


@dg.op
def square(context, number: int) -> int:
    assert context.get_mapping_key() == f"n{number}"
    return number * number


@dg.op
def total(numbers: list[int]) -> int:
    assert sorted(numbers) == [0, 1, 4]
    return sum(numbers)


@dg.job
def dynamic():
    total(pieces().map(square).collect())


# Async ops, retries, failures, expectations, hooks, types


@dg.op
async def slow_word() -> str:
    await asyncio.sleep(0.01)
    return "done"


Even = dg.DagsterType(
    name="Even",
    type_check_fn=lambda _context, value: dg.TypeCheck(
        success=isinstance(value, int) and value % 2 == 0, metadata={"value": dg.MetadataValue.int(int(value))}
    ),
)


@dg.usable_as_dagster_type(name="Pair")
class Pair:
    def __init__(self, left: int, right: int) -> None:
        self.left, self.right = left, right


@dg.op(out=dg.Out(Even), retry_policy=dg.RetryPolicy(max_retries=2, delay=0.01, backoff=dg.Backoff.EXPONENTIAL))
def flaky(context) -> Any:
    if context.retry_number == 0:
        raise ConnectionError("not yet")
    if context.retry_number == 1:
        raise dg.RetryRequested(max_retries=2, seconds_to_wait=0.01)
    return 42


@dg.op
def pair(context, word: str, number: Any) -> Pair:
    context.log_event(dg.ExpectationResult(success=True, label="even", metadata={"number": number}))
    context.log_event(dg.AssetMaterialization("report", metadata={"word": word}, partition=None))
    return Pair(number, number)


@dg.success_hook(required_resource_keys={"notes"})
def note_success(context: dg.HookContext):
    context.resources.notes.append(context.op.name)
    context.log.info("hook saw %s", context.op.name)


@dg.failure_hook
def note_failure(context: dg.HookContext):
    context.log.error(f"hook saw {type(context.op_exception).__name__}")


@dg.op
def show(context, pair: Pair):
    assert (pair.left, pair.right) == (42, 42)
    assert context.job_name == "robust" and context.op.name == "show"
    context.add_output_metadata({"left": pair.left})


@dg.job(
    hooks={note_success},
    resource_defs={"notes": dg.ResourceDefinition(lambda _: [])},
    op_retry_policy=dg.RetryPolicy(1),
)
def robust():
    show(pair(slow_word(), flaky()))


@dg.op
def breaks():
    raise dg.Failure(
        "no data today", metadata={"rows": 0, "page": dg.MetadataValue.url("http://x/y")}, allow_retries=False
    )


@dg.op(out=dg.Out(Even))
def odd():
    return 3


@dg.job
def failing():
    breaks.with_hooks({note_failure})()


@dg.job
def wrong_type():
    odd()


# Put together by hand; loaders; selection; loggers


@dg.dagster_type_loader(dg.Selector({"text": str, "number": int}))
def load_word(_context, config):
    return config.get("text") or str(config["number"])


Word = dg.PythonObjectDagsterType(python_type=str, name="Word", loader=load_word)


@dg.op(ins={"word": dg.In(Word)})
def shout(context, word):
    context.log.info(word.upper())
    return word.upper()


@dg.op
def hear(word):
    assert word in ("SEVEN", "7")


by_hand = dg.GraphDefinition(
    name="by_hand",
    node_defs=[shout, hear],
    dependencies={dg.NodeInvocation("hear", alias="listen"): {"word": dg.DependencyDefinition("shout")}},
).to_job()


@dg.logger({"prefix": dg.Field(str, is_required=False, default_value="app")}, description="Writes with a prefix.")
def prefixed(context: dg.InitLoggerContext):
    import logging

    made = logging.Logger(context.logger_config["prefix"])
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(f"{context.logger_config['prefix']}: %(message)s"))
    made.addHandler(handler)
    return made


@dg.op(pool="narrow", tags={"team": "data"}, code_version="2")
def logs(context):
    context.log.info("through a logger of my own")
    dg.get_dagster_logger("mine").info("and through the module's")


@dg.job(logger_defs={"prefixed": prefixed}, executor_def=dg.in_process_executor)
def logging_job():
    logs()


@dg.op
def a():
    return 1


@dg.op
def b(x):
    return x


@dg.op
def c(x):
    return x


@dg.job(executor_def=dg.multiprocess_executor.configured({"max_concurrent": 2}))
def chain():
    c(b(a()))


defs = dg.Definitions(
    jobs=[branching, nested, dynamic, robust, failing, wrong_type, by_hand, logging_job, chain],
    executor=dg.in_process_executor,
)

"""Op hooks and logging."""

import logging
from unittest import mock

import dagster as dg

said: list[str] = []


@dg.success_hook(required_resource_keys={"slack"})
def message_on_success(context: dg.HookContext):
    context.resources.slack.post(f"Op {context.op.name} finished successfully")


@dg.failure_hook(required_resource_keys={"slack"})
def message_on_failure(context: dg.HookContext):
    context.resources.slack.post(f"Op {context.op.name} failed: {context.op_exception}")


class Slack:
    def post(self, text: str) -> None:
        said.append(text)


@dg.op
def a() -> int:
    return 1


@dg.op
def b():
    raise ValueError("broken")


slack = {"slack": dg.ResourceDefinition.hardcoded_resource(Slack())}


def test_hooks_on_a_whole_job():
    @dg.job(resource_defs=slack, hooks={message_on_failure})
    def all_ops():
        a()
        b()

    said.clear()
    all_ops.execute_in_process(raise_on_error=False)
    assert len(said) == 1 and said[0].startswith("Op b failed")


def test_hooks_on_one_op():
    @dg.job(resource_defs=slack)
    def selective():
        a.with_hooks({message_on_failure, message_on_success})()
        b()

    said.clear()
    selective.execute_in_process(raise_on_error=False)
    assert said == ["Op a finished successfully"]


def test_hooks_on_a_graph():
    @dg.graph
    def both():
        a()
        b()

    job = both.to_job(name="both_dev", resource_defs=slack, hooks={message_on_success, message_on_failure})
    said.clear()
    job.execute_in_process(raise_on_error=False)
    assert len(said) == 2


def test_hooks_on_asset_jobs():
    @dg.asset
    def made() -> int:
        return 1

    job = dg.define_asset_job("made_job", selection="*", hooks={message_on_success})
    defs = dg.Definitions(assets=[made], jobs=[job], resources=slack)
    said.clear()
    assert defs.resolve_job_def("made_job").execute_in_process().success
    assert said == ["Op made finished successfully"]


def test_a_hook_alone():
    slack_mock = mock.MagicMock()
    message_on_success(dg.build_hook_context(resources={"slack": slack_mock}, op=a))
    assert slack_mock.post.call_count == 1


def test_loggers():
    records = []

    @dg.logger(
        {
            "log_level": dg.Field(str, is_required=False, default_value="INFO"),
            "name": dg.Field(str, default_value="mine"),
        }
    )
    def listing(init_context: dg.InitLoggerContext) -> logging.Logger:
        class Keep(logging.Handler):
            def emit(self, record):
                records.append(record.getMessage())

        logger = logging.Logger(init_context.logger_config["name"], level=init_context.logger_config["log_level"])
        logger.addHandler(Keep())
        return logger

    @dg.op
    def logs(context: dg.OpExecutionContext):
        context.log.debug("too quiet")
        context.log.info("hello")
        context.log.error("oh")

    @dg.job(logger_defs={"listing": listing})
    def logging_job():
        logs()

    config = {"loggers": {"listing": {"config": {"log_level": "INFO", "name": "n"}}}}
    assert logging_job.execute_in_process(run_config=config).success
    text = "\n".join(records)
    assert "hello" in text and "oh" in text and "too quiet" not in text


def test_loggers_that_come_along():
    @dg.job(logger_defs={"console": dg.colored_console_logger, "json": dg.json_console_logger})
    def chatty():
        a()

    assert chatty.execute_in_process(run_config={"loggers": {"console": {"config": {"log_level": "ERROR"}}}}).success
    logger = dg.get_dagster_logger("mine")
    logger.info("outside of a run")


def test_python_loggers():
    @dg.asset
    def quiet(context: dg.AssetExecutionContext) -> None:
        dg.get_dagster_logger().info("captured")
        context.log.warning("warned")

    assert dg.materialize([quiet]).success

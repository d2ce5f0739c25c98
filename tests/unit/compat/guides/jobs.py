"""Op jobs: creating, configuring, executing."""

import tempfile

import dagster as dg


class Number(dg.Config):
    number: int = 1


@dg.op
def give(config: Number) -> int:
    return config.number


@dg.op
def add_two(number: int) -> int:
    return number + 2


@dg.op
def times_three(number: int) -> int:
    return number * 3


@dg.job(tags={"team": "data"}, metadata={"a": 1}, description="Counts")
def counting():
    times_three(add_two(give()))


def test_execution_in_this_process():
    result = counting.execute_in_process()
    assert result.success and result.output_for_node("times_three") == 9
    assert result.dagster_run.tags["team"] == "data"
    assert result.dagster_run.status == dg.DagsterRunStatus.SUCCESS
    assert counting.description == "Counts"


def test_a_part_of_a_job():
    result = counting.execute_in_process(op_selection=["*add_two"])
    assert {event.step_key for event in result.all_events if event.is_step_success} == {"give", "add_two"}


def test_default_config_of_a_job():
    @dg.job(config=dg.RunConfig(ops={"give": Number(number=4)}))
    def with_default():
        give()

    @dg.job(config={"ops": {"give": {"config": {"number": 5}}}})
    def with_dict():
        give()

    assert with_default.execute_in_process().output_for_node("give") == 4
    assert with_dict.execute_in_process().output_for_node("give") == 5


def test_config_mapping():
    class Simple(dg.Config):
        simplified: int

    @dg.config_mapping
    def simplified(val: Simple) -> dg.RunConfig:
        return dg.RunConfig(ops={"give": Number(number=val.simplified)})

    @dg.job(config=simplified)
    def mapped():
        give()

    assert mapped.execute_in_process(run_config={"simplified": 7}).output_for_node("give") == 7


def test_graphs_with_a_config_of_their_own():
    @dg.config_mapping(config_schema={"low": int, "high": int})
    def bounds(config) -> dict:
        return {"low": {"config": {"number": config["low"]}}, "high": {"config": {"number": config["high"]}}}

    @dg.op
    def difference(low: int, high: int) -> int:
        return high - low

    @dg.graph(config=bounds)
    def span():
        return difference(give.alias("low")(), give.alias("high")())

    @dg.job
    def spanning():
        span()

    result = spanning.execute_in_process(run_config={"ops": {"span": {"config": {"low": 2, "high": 5}}}})
    assert result.output_for_node("span") == 3


def test_executors_are_configured():
    @dg.job(executor_def=dg.in_process_executor)
    def in_process():
        give()

    limited = dg.multiprocess_executor.configured(
        {"max_concurrent": 4, "tag_concurrency_limits": [{"key": "database", "value": "redshift", "limit": 2}]}
    )

    @dg.job(executor_def=limited)
    def in_processes():
        give()

    @dg.job(
        config={"execution": {"config": {"multiprocess": {"max_concurrent": 4, "start_method": {"forkserver": {}}}}}}
    )
    def configured():
        give()

    assert all(job.execute_in_process().success for job in (in_process, in_processes, configured))


def test_execution_with_an_instance():
    with dg.instance_for_test() as instance:
        result = dg.execute_job(
            dg.reconstructable(counting), instance=instance, run_config={"ops": {"give": {"config": {"number": 2}}}}
        )
        assert result.success
        assert not result.get_failed_step_keys()
        assert instance.get_run_by_id(result.run_id).is_success
        again = counting.execute_in_process(instance=instance)
        assert len(instance.get_runs()) == 2 and again.run_id != result.run_id


def test_jobs_from_one_graph_in_two_environments():
    @dg.op(required_resource_keys={"server"})
    def interact(context) -> str:
        return context.resources.server

    @dg.graph
    def process():
        interact()

    test_job = process.to_job(name="test", resource_defs={"server": dg.ResourceDefinition.hardcoded_resource("test")})
    prod_job = process.to_job(name="prod", resource_defs={"server": dg.ResourceDefinition.hardcoded_resource("prod")})
    assert [job.execute_in_process().output_for_node("interact") for job in (test_job, prod_job)] == ["test", "prod"]


def test_a_repository():
    @dg.repository
    def repo():
        return [counting, dg.ScheduleDefinition(job=counting, cron_schedule="0 * * * *")]

    assert repo.get_job("counting").name == "counting"
    assert repo.has_job("counting")


def test_values_are_stored_between_processes():
    directory = tempfile.mkdtemp()

    @dg.job(resource_defs={"io_manager": dg.fs_io_manager.configured({"base_dir": directory})})
    def stored():
        add_two(give())

    assert stored.execute_in_process().output_for_node("add_two") == 3

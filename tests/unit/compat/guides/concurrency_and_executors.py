"""Managing concurrency, executors."""

import dagster as dg


@dg.asset(pool="database")
def heavy(context: dg.AssetExecutionContext) -> int:
    return 3


@dg.asset(pool="database", op_tags={"kind": "light"})
def light() -> int:
    return 1


@dg.op(pool="database", tags={"database": "redshift"})
def sync(context: dg.OpExecutionContext) -> int:
    return 2


def test_pools():
    @dg.job
    def syncing():
        sync()

    assert sync.pool == "database"
    assert syncing.execute_in_process().output_for_node("sync") == 2
    assert dg.materialize([heavy, light]).success


def test_limits_of_jobs_and_locations():
    limited = dg.define_asset_job(
        name="limited",
        selection=[heavy, light],
        executor_def=dg.multiprocess_executor.configured({"max_concurrent": 2}),
    )
    by_tag = dg.define_asset_job(
        name="by_tag",
        selection="*",
        config={
            "execution": {
                "config": {
                    "multiprocess": {
                        "max_concurrent": 4,
                        "tag_concurrency_limits": [{"key": "database", "value": "redshift", "limit": 2}],
                    }
                }
            }
        },
    )
    defs = dg.Definitions(
        assets=[heavy, light],
        jobs=[limited, by_tag],
        executor=dg.multiprocess_executor.configured({"max_concurrent": 4}),
    )
    assert defs.resolve_job_def("limited").executor_def.name == "multiprocess"
    dg.Definitions.validate_loadable(dg.Definitions(assets=[heavy, light], jobs=[by_tag]))


def test_executors_of_jobs_and_graphs():
    @dg.job(executor_def=dg.multiprocess_executor)
    def the_job():
        sync()

    @dg.graph
    def the_graph():
        sync()

    other = the_graph.to_job(executor_def=dg.in_process_executor)
    assert the_job.executor_def.name == "multiprocess" and other.executor_def.name == "in_process"
    defs = dg.Definitions(jobs=[the_job, the_graph.to_job(name="plain")], executor=dg.in_process_executor)
    assert defs.resolve_job_def("plain").executor_def.name == "in_process"


def test_a_schedule_that_minds_other_runs():
    job = dg.define_asset_job("my_job", [light])

    @dg.schedule(job=job, cron_schedule="* * * * *")
    def my_schedule(context: dg.ScheduleEvaluationContext):
        active = [
            dg.DagsterRunStatus.QUEUED,
            dg.DagsterRunStatus.NOT_STARTED,
            dg.DagsterRunStatus.STARTING,
            dg.DagsterRunStatus.STARTED,
        ]
        if context.instance.get_run_records(dg.RunsFilter(job_name="my_job", statuses=active)):
            return dg.SkipReason("another run of the same job is already running")
        return dg.RunRequest()

    with dg.instance_for_test() as instance:
        assert isinstance(my_schedule(dg.build_schedule_context(instance=instance)), dg.RunRequest)

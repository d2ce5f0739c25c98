"""Pipes: external processes."""

import subprocess
import sys
import textwrap

import dagster as dg

SCRIPT = """
    from dagster_pipes import PipesContext, open_dagster_pipes

    with open_dagster_pipes():
        context = PipesContext.get()
        context.log.info(f"orders of {context.asset_keys}")
        context.report_asset_materialization(asset_key=context.asset_keys[0], metadata={"total_orders": 2})
        if context.extras.get("check"):
            context.report_asset_check(asset_key=context.asset_keys[0], check_name="no_empty_order", passed=True)
"""
COMMAND = [sys.executable, "-c", textwrap.dedent(SCRIPT)]


def test_a_subprocess_as_an_asset():
    @dg.asset
    def orders(
        context: dg.AssetExecutionContext, pipes_subprocess_client: dg.PipesSubprocessClient
    ) -> dg.MaterializeResult:
        return pipes_subprocess_client.run(command=COMMAND, context=context).get_materialize_result()

    defs = dg.Definitions(assets=[orders], resources={"pipes_subprocess_client": dg.PipesSubprocessClient()})
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert result.asset_materializations_for_node("orders")[0].metadata["total_orders"].value == 2


def test_checks_from_outside():
    @dg.asset(check_specs=[dg.AssetCheckSpec("no_empty_order", asset="orders")])
    def orders(context: dg.AssetExecutionContext, client: dg.PipesSubprocessClient):
        return client.run(command=COMMAND, context=context, extras={"check": True}).get_materialize_result()

    result = dg.materialize([orders], resources={"client": dg.PipesSubprocessClient(env={"A": "b"})})
    assert result.get_asset_check_evaluations()[0].passed


def test_a_session_of_ones_own():
    @dg.asset
    def orders(context: dg.AssetExecutionContext):
        with dg.open_pipes_session(
            context=context,
            extras={"foo": "bar"},
            context_injector=dg.PipesTempFileContextInjector(),
            message_reader=dg.PipesTempFileMessageReader(),
        ) as session:
            subprocess.run(COMMAND, env=session.get_bootstrap_env_vars(), check=True)
        yield from session.get_results()

    assert len(dg.materialize([orders]).asset_materializations_for_node("orders")) == 1

"""Sessions with processes that use the real guest library, and with some that use none."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import headrace as dg
from headrace.execute.interrupts import Interrupts
from headrace.pipes.protocol import CONTEXT_VARIABLE, decode
from rig.waiting import wait_until

GUEST = """
    import sys
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        pipes.log.info("hello from outside")
        pipes.report_asset_check(asset_key="table", check_name="fresh", passed=True, severity="WARN", metadata={"age": 2.5})
        pipes.report_asset_materialization(
            asset_key="table",
            data_version="v7",
            metadata={"rows": 3, "page": {"raw_value": "https://x.org", "type": "url"}, "run": pipes.run_id,
                      "extra": pipes.get_extra("limit"), "partition": pipes.partition_key if pipes.is_partition_step else "none"},
        )
        pipes.report_custom_message({"sizes": [1, 2]})
"""


def command(code: str) -> Sequence[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


@pytest.mark.parametrize("injector", [None, dg.PipesEnvContextInjector(), "file"])
def test_what_a_guest_reports_becomes_results(injector: Any, tmp_path: Path) -> None:
    client = dg.PipesSubprocessClient(
        context_injector=dg.PipesFileContextInjector(str(tmp_path / "context")) if injector == "file" else injector,
        message_reader=dg.PipesFileMessageReader(str(tmp_path / "messages")) if injector == "file" else None,
    )
    custom = []

    @dg.asset(
        check_specs=[dg.AssetCheckSpec("fresh", asset="table")],
        partitions_def=dg.StaticPartitionsDefinition(["a"]),
        code_version="3",
    )
    def table(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient) -> dg.MaterializeResult[Any]:
        invocation = pipes.run(context=context, command=command(GUEST), extras={"limit": 10})
        custom.extend(invocation.get_custom_messages())
        return invocation.get_materialize_result()

    result = dg.materialize([table], resources={"pipes": client}, partition_key="a")
    made = result.asset_materializations_for_node("table")[0]
    assert made.metadata["rows"] == dg.MetadataValue.int(3)
    assert made.metadata["page"] == dg.MetadataValue.url("https://x.org")
    assert (made.metadata["run"].value, made.metadata["extra"].value) == (result.run_id, 10)
    assert made.metadata["partition"].value == "a"
    assert made.tags["headrace/data_version"] == "v7"
    verdict = result.get_asset_check_evaluations()[0]
    assert (verdict.passed, verdict.severity) == (True, dg.AssetCheckSeverity.WARN)
    assert custom == [{"sizes": [1, 2]}]
    assert list(tmp_path.iterdir()) == []


def test_a_guest_is_told_about_its_step() -> None:
    told: dict[str, Any] = {}

    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"), code_version="3")
    def daily(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        reader = dg.PipesTempFileMessageReader()
        with dg.open_pipes_session(context, dg.PipesEnvContextInjector(), reader, extras={"x": 1}) as session:
            told.update(decode(session.get_bootstrap_env_vars()[CONTEXT_VARIABLE])["data"])
            assert list(session.get_bootstrap_cli_arguments()) == [
                "--dagster-pipes-context",
                "--dagster-pipes-messages",
            ]
        return session.get_results()[0]  # type: ignore[return-value]

    result = dg.materialize([daily], partition_key="2024-01-02")
    assert result.success
    assert told == {
        "asset_keys": ["daily"],
        "code_version_by_asset_key": {"daily": "3"},
        "provenance_by_asset_key": {"daily": None},
        "partition_key": "2024-01-02",
        "partition_key_range": {"start": "2024-01-02", "end": "2024-01-02"},
        "partition_time_window": {"start": "2024-01-02T00:00:00+00:00", "end": "2024-01-03T00:00:00+00:00"},
        "run_id": result.run_id,
        "job_name": result.dagster_run.job_name,
        "retry_number": 0,
        "extras": {"x": 1},
    }


def test_a_process_that_speaks_no_protocol_still_makes_its_asset() -> None:
    @dg.asset
    def silent(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient) -> dg.MaterializeResult[Any]:
        invocation = pipes.run(context=context, command=command("print('plain')"))
        assert invocation.get_results(implicit_materializations=False) == ()
        return invocation.get_materialize_result()

    result = dg.materialize([silent], resources={"pipes": dg.PipesSubprocessClient()})
    assert len(result.asset_materializations_for_node("silent")) == 1


def test_a_process_that_fails_fails_the_step() -> None:
    @dg.op
    def broken(context: dg.OpExecutionContext, pipes: dg.PipesSubprocessClient) -> None:
        pipes.run(context=context, command=command("import sys; sys.exit(3)"))

    @dg.job(resource_defs={"pipes": dg.PipesSubprocessClient()})  # type: ignore[dict-item]
    def failing() -> None:
        broken()

    with pytest.raises(dg.PipesExecutionError, match="failed with code 3"):
        failing.execute_in_process()


def test_several_results_are_not_one() -> None:
    code = GUEST + "        pipes.report_asset_materialization(asset_key='second')\n"

    @dg.multi_asset(specs=[dg.AssetSpec("table"), dg.AssetSpec("second"), dg.AssetSpec("third")])
    def several(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient) -> Any:
        invocation = pipes.run(context=context, command=command(code), extras={"limit": 1})
        with pytest.raises(dg.InvariantViolationError, match="there are 3: table, second, third"):
            invocation.get_materialize_result()
        yield from (each for each in invocation.get_results() if isinstance(each, dg.MaterializeResult))

    result = dg.materialize([several], resources={"pipes": dg.PipesSubprocessClient()})
    made = [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()]
    assert made == ["table", "second", "third"]


def test_a_canceled_run_interrupts_the_process(tmp_path: Path) -> None:
    marks = tmp_path / "began", tmp_path / "interrupted"
    waits = f"""
        import pathlib, time
        pathlib.Path({str(marks[0])!r}).touch()
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pathlib.Path({str(marks[1])!r}).touch()
            raise SystemExit(130)
    """
    client = dg.PipesSubprocessClient()

    @dg.asset
    def long(context: dg.AssetExecutionContext) -> None:
        client.run(context=context, command=command(waits))

    def interrupt() -> None:
        wait_until(marks[0].exists, what="the process")
        os.kill(os.getpid(), signal.SIGTERM)

    context = dg.build_asset_context()
    began = time.monotonic()
    interrupts = Interrupts()
    with interrupts.installed(), pytest.raises(dg.ExecutionInterruptedError):
        threading.Thread(target=interrupt, daemon=True).start()
        with interrupts.armed():
            long(context)
    assert marks[1].exists()
    assert time.monotonic() - began < 30

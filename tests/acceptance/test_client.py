"""What a script does with the client, blocking and not, against a running Headrace."""

from __future__ import annotations

import uuid

import pytest

from headrace import AsyncClient, Client
from headrace.errors import InvalidArgumentError, NothingToRetryError, RunNotFoundError, TargetNotFoundError
from rig.dev import DevInstance
from rig.results import output_of


def test_a_script_submits_follows_and_reads(numbers_dev: DevInstance) -> None:
    with Client(numbers_dev.target) as client:
        request_id = str(uuid.uuid4())
        run = client.submit_job("process_numbers", tags={"script": "sync"}, request_id=request_id)
        again = client.submit_job("process_numbers", tags={"script": "sync"}, request_id=request_id)
        assert again.run_id == run.run_id
        watched = list(client.watch(run.run_id, timeout=30))
        assert client.wait(run.run_id).succeeded
        assert watched == client.events(run.run_id)
        assert [each.run_id for each in client.list_runs(tags={"script": "sync"})] == [run.run_id]
        assert b"".join(client.logs(run.run_id, "sum_two_sums")) == b""
        assert output_of(client, run.run_id, "sum_two_sums") == 55
        part = client.submit_job("process_numbers", op_selection=["generate_numbers+"])
        assert client.wait(part.run_id, timeout=30).op_selection == ("generate_numbers+",)
        assert len(client.events(part.run_id, kinds=["step_succeeded"])) == 3
        client.delete_run(part.run_id)
        with pytest.raises(RunNotFoundError):
            client.get_run(part.run_id)


def test_a_script_reads_what_is_defined(numbers_dev: DevInstance) -> None:
    with Client(numbers_dev.target) as client:
        made = client.wait(client.materialize(["generated_numbers", "filtered_odd_numbers"]).run_id, timeout=30)
        assert client.assets.materializations("filtered_odd_numbers", limit=1)[0].run_id == made.run_id
        assert [asset.key for asset in client.assets.list(group_name="numbers", limit=2)] == [
            "filtered_even_numbers",
            "filtered_odd_numbers",
        ]
        assert {job.name for job in client.jobs.list() if not job.implicit} == {
            "process_numbers",
            "process_numbers_asset",
        }
        dry = client.schedules.trigger("process_numbers_asset_schedule", dry_run=True)
        assert [each.job_name for each in dry.requested_runs] in ([""], ["process_numbers_asset"])
        assert client.sensors.set_cursor("check_file_sensor", "7").cursor == "7"
        assert client.sensors.set_cursor("check_file_sensor", "").cursor == ""
        assert client.locations.reload("numbers").failure is None


def test_a_script_catches_errors_by_their_class(numbers_dev: DevInstance) -> None:
    with Client(numbers_dev.target) as client:
        with pytest.raises(TargetNotFoundError, match="did you mean 'process_numbers'"):
            client.submit_job("process_number")
        with pytest.raises(InvalidArgumentError) as caught:
            client.submit_job("process_numbers", run_config={"ops": {"nothing": {}}})
        assert list(caught.value.violations) == ["run_config.ops.nothing"]
        run = client.wait(client.submit_job("process_numbers").run_id, timeout=30)
        with pytest.raises(NothingToRetryError):
            client.retry(run.run_id)


async def test_the_same_without_blocking(numbers_dev: DevInstance) -> None:
    async with AsyncClient(numbers_dev.target) as client:
        run = await client.submit_job("process_numbers_asset", tags={"script": "async"})
        kinds = [event.kind async for event in client.watch(run.run_id, timeout=30)]
        assert kinds.count("asset_materialized") == 6
        assert (await client.wait(run.run_id)).succeeded
        assert [each.run_id for each in await client.list_runs(tags=["script=async"])] == [run.run_id]
        assert [piece async for piece in client.logs(run.run_id, "summed_two_sums")] in ([], [b""])
        assert (await client.assets.get("summed_two_sums")).materialization_count >= 1
        again = await client.retry(run.run_id, all_steps=True)
        assert (await client.wait(again.run_id, timeout=30)).parent_run_id == run.run_id
        assert (await client.cancel(again.run_id)).succeeded
        assert len(await client.schedules.preview("process_numbers_schedule", count=5)) == 5
        with pytest.raises(RunNotFoundError):
            await client.get_run("nothing")

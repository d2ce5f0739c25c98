"""Sensors under `headrace dev`: what happens wakes them, and people can look before they leap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.client import Client, Run, Tick
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.waiting import wait_until

WATCHFUL = Path(__file__).parent / "locations/watchful.py"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("sensors")
    supervisor = Supervisor(directory)
    try:
        yield dev.start(supervisor, directory / "home", "-f", WATCHFUL)
    finally:
        supervisor.close()


@pytest.fixture
def client(instance: DevInstance) -> Iterator[Client]:
    with instance.client() as client:
        yield client


def finished(client: Client, job_name: str) -> Run:
    return client.wait(client.submit_job(job_name).run_id)


def tick_about(client: Client, sensor: str, run_key: str) -> Tick:
    """Waits for the tick that asked for a run with this key."""

    def look() -> Tick | None:
        made = {run.run_id for run in client.list_runs(limit=50) if run.tags.get("headrace/run_key") == run_key}
        return next((tick for tick in client.sensors.ticks(sensor) if made & set(tick.run_ids)), None)

    return wait_until(look, what=f"a tick of {sensor} about {run_key}")


def test_a_failure_sensor_is_asked_within_two_seconds_of_the_failure(client: Client) -> None:
    failed = finished(client, "failing")
    tick = tick_about(client, "on_failure", failed.run_id)
    assert list(tick.log_lines) == ["INFO failing failed in fail"]
    assert (tick.finish_time - failed.finish_time).total_seconds() < 2.0
    (told,) = (client.wait(run_id) for run_id in tick.run_ids)
    assert (told.job_name, told.state.value, told.tags["failed_step"]) == ("telling", "succeeded", "fail")


def test_a_run_status_sensor_watches_the_jobs_it_names(client: Client) -> None:
    before = len(client.sensors.ticks("on_success"))
    finished(client, "failing")
    finished(client, "telling")
    ticks = wait_until(
        lambda: (found := client.sensors.ticks("on_success")) and len(found) > before and found,
        what="the run being told",
    )
    assert {line for tick in ticks for line in tick.log_lines} == {"INFO telling is succeeded"}


def test_an_asset_sensor_is_woken_by_the_asset_and_not_by_its_interval(client: Client) -> None:
    for _ in range(2):
        made = client.wait(client.materialize(["orders"]).run_id)
        tick = tick_about(client, "on_orders", f"orders-{made.run_id}")
        assert (tick.finish_time - made.finish_time).total_seconds() < 2.0
        assert client.get_run(tick.run_ids[0]).tags["rows"] == "3"


def test_the_code_of_a_sensor_may_ask_the_instance(client: Client) -> None:
    made = client.wait(client.materialize(["orders"]).run_id)
    evaluation = client.sensors.trigger("curious", dry_run=True)
    assert evaluation.tick.skip_message == f"made by {made.run_id}"


def test_a_preview_shows_what_would_be_done_and_does_nothing(instance: DevInstance, client: Client) -> None:
    shown = instance.cli("sensor", "preview", "counting", "--cursor", "41", "--json").json
    assert shown["tick"]["log_lines"] == ["INFO looking from 41"]
    assert (shown["requested_runs"][0]["run_key"], shown["tick"]["cursor"]) == ("n42", "42")
    assert client.sensors.ticks("counting") == []
    assert (
        "asks for a run of telling with run key 'n42'"
        in instance.cli("sensor", "preview", "counting", "--cursor", "41").out
    )


def test_a_cursor_is_set_and_taken_away_and_the_history_has_the_logs(instance: DevInstance, client: Client) -> None:
    instance.cli("sensor", "cursor", "counting", "--set", "7")
    instance.cli("sensor", "trigger", "counting")
    assert client.sensors.get("counting").cursor == "8"
    (tick,) = instance.cli("sensor", "logs", "counting", "--json").json
    assert (tick["log_lines"], tick["result"]) == (["INFO looking from 7"], "succeeded")
    assert "looking from 7" in instance.cli("sensor", "logs", "counting").out
    instance.cli("sensor", "cursor", "counting", "--delete")
    assert client.sensors.get("counting").cursor == ""

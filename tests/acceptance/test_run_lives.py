"""What a run can live through, and what its user does about it."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.client import Client, Run
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor, is_alive
from rig.prometheus import read_page
from rig.results import output_of
from rig.waiting import wait_until

LOCATIONS = Path(__file__).parent / "locations"
SLEEPERS = ["sleep_in_process", "sleep_multiprocess"]
# Runs with this tag stay in the queue.
STUCK = {"stuck": "1"}
INSTANCE = "run_queue: {tag_concurrency_limits: [{key: stuck, limit: 0}]}\n"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("lives")
    home = directory / "home"
    home.mkdir()
    (home / "headrace.yaml").write_text(INSTANCE)
    supervisor = Supervisor(directory)
    code = ("-f", LOCATIONS / "lives.py", "-f", LOCATIONS / "wanting.py")
    try:
        yield dev.start(supervisor, home, *code, env={"LIVES_URL": "http://here"})
    finally:
        supervisor.close()


@pytest.fixture
def client(instance: DevInstance) -> Iterator[Client]:
    with instance.client() as client:
        yield client


def asleep(instance: DevInstance, client: Client, job_name: str) -> Run:
    """Returns a run whose op sleeps."""
    run = client.submit_job(job_name)
    wait_until((instance.home / f"asleep-{run.run_id}").exists, what="the op being asleep")
    wait_until(lambda: steps_of(client, run.run_id), what="the step being reported")
    return client.get_run(run.run_id)


def steps_of(client: Client, run_id: str) -> list[str]:
    return [event.step_key for event in client.events(run_id, kinds=["step_started"])]


@pytest.mark.parametrize("job_name", SLEEPERS)
def test_a_sleeping_run_is_canceled(instance: DevInstance, client: Client, job_name: str) -> None:
    run = asleep(instance, client, job_name)
    (started,) = client.events(run.run_id, kinds=["step_started"])
    answer = instance.cli("run", "cancel", run.run_id, "--wait")
    assert (answer.code, answer.out) == (0, f"run {run.run_id} is canceled\n")
    for worker in (run.worker, started.detail["worker"]):
        pid = int(worker.rpartition(" ")[2])
        wait_until(lambda pid=pid: not is_alive(pid), what=f"{worker} ending")
    assert steps_of(client, run.run_id) == ["sleep"]
    assert instance.cli("run", "watch", run.run_id).code == 1
    assert instance.cli("run", "logs", run.run_id, "sleep").out == "asleep\n"


def test_a_queued_run_is_canceled_before_it_starts(instance: DevInstance, client: Client) -> None:
    run = client.submit_job("gated", tags=STUCK)
    assert instance.cli("run", "cancel", run.run_id, "--wait", "--json").json["state"] == "canceled"
    states = [event.detail["state"] for event in client.events(run.run_id)]
    assert states == ["queued", "canceled"]


def test_the_queue_is_measured_as_it_is(instance: DevInstance, client: Client) -> None:
    def measured() -> tuple[float, float, bool]:
        page = read_page(instance.web.removeprefix("http://"))
        waited = page.total("headrace_queue_oldest_age_seconds") > 0
        return page.total("headrace_queued_runs"), page.total("headrace_active_runs", state="running"), waited

    running = asleep(instance, client, "sleep_in_process")
    wait_until(lambda: measured() == (0, 1, False), what="a run in progress and none in the queue")
    queued = client.submit_job("gated", tags=STUCK)
    wait_until(lambda: measured() == (1, 1, True), what="one of each")
    for run in (running, queued):
        client.cancel(run.run_id)
    wait_until(lambda: measured() == (0, 0, False), what="none of both")


@pytest.mark.parametrize("job_name", SLEEPERS)
def test_a_starting_run_is_canceled(client: Client, job_name: str) -> None:
    runs = [client.submit_job(job_name) for _ in range(3)]
    for run in runs:
        client.cancel(run.run_id)
    assert {client.wait(run.run_id, timeout=60).state for run in runs} == {"canceled"}


def test_a_run_that_is_over_stays_as_it_is(instance: DevInstance, client: Client) -> None:
    run = client.wait(client.submit_job("talking").run_id, timeout=60)
    assert instance.cli("run", "cancel", run.run_id).out == f"run {run.run_id} is succeeded\n"


def test_a_retry_goes_on_from_the_outputs_of_all_runs_before_it(instance: DevInstance, client: Client) -> None:
    failed = instance.cli("job", "launch", "gated")
    assert failed.code == 1
    assert "Failure: it is not open yet" in failed.out
    first = client.list_runs(job_name="gated", limit=1)[0]
    again = instance.cli("run", "retry", first.run_id, "--json")
    assert (again.code, again.json["state"]) == (1, "failed")
    (instance.home / "open").touch()
    last = instance.cli("run", "retry", again.json["run_id"], "--json").json
    assert (last["state"], last["root_run_id"]) == ("succeeded", first.run_id)
    assert steps_of(client, last["run_id"]) == ["second", "third"]
    assert output_of(client, last["run_id"], "third") == first.run_id.upper()
    refused = instance.cli("run", "retry", last["run_id"])
    assert refused.code == 5
    assert "every step" in refused.err


def test_a_step_whose_input_was_never_stored_says_so(instance: DevInstance, client: Client) -> None:
    (instance.home / "open").unlink(missing_ok=True)
    run = client.wait(client.submit_job("gated").run_id, timeout=60)
    answer = instance.cli("run", "retry", run.run_id, "--step", "third")
    assert answer.code == 1
    assert "While loading input 'text' from output 'result' of step 'second': StoredFileNotFoundError: " in answer.out


def test_every_attempt_of_a_step_keeps_its_log(instance: DevInstance, client: Client) -> None:
    run = client.wait(client.submit_job("stumbling").run_id, timeout=60)
    assert (run.state, output_of(client, run.run_id, "stumble")) == ("succeeded", 2)

    def log(*options: str) -> str:
        return instance.cli("run", "logs", run.run_id, "stumble", *options).out

    assert [log("--attempt", "1"), log("--attempt", "3"), log()] == ["attempt 1\n", "attempt 3\n", "attempt 3\n"]
    missing = instance.cli("run", "logs", run.run_id, "stumble", "--attempt", "4")
    assert missing.code == 3
    assert "has written no log in attempt 4" in missing.err


def test_a_long_log_is_whole(instance: DevInstance, client: Client) -> None:
    run = client.wait(client.submit_job("talking").run_id, timeout=60)
    log = instance.cli("run", "logs", run.run_id, "talk").out
    assert log.splitlines() == [f"line {number} ✓" for number in range(1000)]
    errors = instance.cli("run", "logs", run.run_id, "talk", "--stderr").out
    assert errors.splitlines() == [f"error {number}" for number in range(0, 1000, 100)]


def test_a_big_output_goes_from_step_to_step(client: Client) -> None:
    run = client.wait(client.submit_job("heavy").run_id, timeout=30)
    assert output_of(client, run.run_id, "weigh") == 50_000_000


def test_a_log_is_followed_to_the_end_of_its_run(instance: DevInstance, client: Client, supervisor: Supervisor) -> None:
    run = asleep(instance, client, "sleep_multiprocess")
    following = supervisor.headrace("run", "logs", run.run_id, "sleep", "--follow", "--target", instance.target)
    following.wait_for_output("asleep")
    client.cancel(run.run_id)
    assert following.wait() == 0
    assert following.output() == "asleep\n"


def test_a_run_goes_on_when_who_launched_it_leaves(
    instance: DevInstance, client: Client, supervisor: Supervisor
) -> None:
    launching = supervisor.headrace("job", "launch", "sleep_multiprocess", "--target", instance.target)
    launching.wait_for_output("sleep  started")
    launching.kill(signal.SIGINT)
    assert launching.wait() == 130
    told = re.search(r"run (\S+) goes on; `headrace run watch \1`", launching.output())
    assert told is not None
    assert client.cancel(told[1]).state == "canceling"
    assert client.wait(told[1], timeout=60).state == "canceled"


def test_a_resource_is_set_up_from_the_environment_of_its_code(instance: DevInstance) -> None:
    assert "at http://here" in instance.cli("job", "launch", "visiting").out


def test_configuration_is_read_from_files(instance: DevInstance, tmp_path: Path) -> None:
    whole, addition = tmp_path / "whole.yaml", tmp_path / "addition.yaml"
    whole.write_text("ops:\n  count:\n    config:\n      limit: 7\n")
    addition.write_text("ops: {count: {config: {unit: äpfel}}}\n")
    answer = instance.cli("job", "launch", "counting", "--config", whole, "--config", addition)
    assert answer.code == 0, answer.err
    assert "at most 7 äpfel" in answer.out
    whole.write_text("ops:\n  count: [\n")
    refused = instance.cli("job", "launch", "counting", "--config", whole)
    assert refused.code == 2
    assert f'in "{whole}", line 3' in refused.err


def test_tags_are_of_any_script(instance: DevInstance) -> None:
    made = instance.cli("job", "launch", "simple", "--tag", "команда=数据", "--json").json
    for tag in ("команда", "команда=数据"):
        assert [run["run_id"] for run in instance.cli("run", "list", "--tag", tag, "--json").json] == [made["run_id"]]
    assert instance.cli("run", "list", "--tag", "команда=", "--json").json == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("job", "launch", ""), "JOB is empty"),
        (("run", "delete", "some-run"), "--yes does it without asking"),
        (("asset", "wipe", "some/asset"), "--yes does it without asking"),
    ],
)
def test_what_could_mean_too_much_is_not_done(instance: DevInstance, command: tuple[str, ...], words: str) -> None:
    answer = instance.cli(*command)
    assert answer.code == 2
    assert words in answer.err

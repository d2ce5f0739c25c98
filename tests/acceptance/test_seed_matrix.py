"""The seed's six ops and six assets give 55, whatever starts them, executes them and stores them, and however it is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from headrace.client import Client, Run
from rig.postgres import PostgresServer
from rig.processes import Supervisor
from rig.seed import EXECUTORS, LAST_STEPS, SENSORS, VERBATIM, SeedDeployment, deploy_dev, deploy_split, result_of
from rig.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

DEPLOYMENTS = {"dev": deploy_dev, "split": deploy_split}
DATABASES = ("sqlite", "postgres")
TO_THE_MINUTE = 75.0


@pytest.fixture(scope="module")
def deployments(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[dict[str, SeedDeployment]]:
    """All of them, with every schedule and sensor switched on."""
    directory = tmp_path_factory.mktemp("seed")
    supervisors: list[Supervisor] = []

    def start(kind: str, database: str) -> SeedDeployment:
        place = directory / f"{kind}-{database}"
        place.mkdir()
        supervisors.append(Supervisor(place))
        url = postgres_server.create_database() if database == "postgres" else ""
        deployment = DEPLOYMENTS[kind](supervisors[-1], place, url)
        deployment.start_automation()
        return deployment

    try:
        with ThreadPoolExecutor() as pool:
            starting = {f"{kind}-{each}": pool.submit(start, kind, each) for kind in DEPLOYMENTS for each in DATABASES}
        yield {name: deployment.result() for name, deployment in starting.items()}
    finally:
        for supervisor in supervisors:
            supervisor.close()


@pytest.fixture(params=[f"{kind}-{database}" for kind in DEPLOYMENTS for database in DATABASES])
def deployment(request: pytest.FixtureRequest, deployments: dict[str, SeedDeployment]) -> SeedDeployment:
    return deployments[request.param]


@pytest.fixture
def client(deployment: SeedDeployment) -> Iterator[Client]:
    with deployment.client() as client:
        yield client


@pytest.fixture(params=EXECUTORS)
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LAST_STEPS)
def job_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def assert_computed(client: Client, run: Run, executor: str) -> None:
    """Asserts that a run ended well, computed what it should, in as many processes as its executor promises."""
    assert run.succeeded, run.failure
    assert result_of(client, run) == 55
    workers = {event.detail["worker"] for event in client.events(run.run_id, kinds=["step_started"])}
    assert len(workers) == (1 if executor == "in_process" else 6)


def test_launched_by_command(deployment: SeedDeployment, client: Client, executor: str, job_name: str) -> None:
    answer = deployment.cli("job", "launch", job_name, "--location", executor, "--json")
    assert (answer.code, answer.err) == (0, "")
    run = client.get_run(answer.json["run_id"])
    assert run.location_name == executor
    assert_computed(client, run, executor)


@pytest.mark.parametrize("name", ["process_numbers", "process_numbers_asset", "process_numbers_k8s"])
def test_launched_as_the_document_has_it(client: Client, name: str) -> None:
    run = client.wait(client.submit_job(name, location_name=VERBATIM).run_id, timeout=30)
    assert_computed(client, run, "multiprocess")


def test_requested_by_a_sensor_once_the_file_appears(
    deployment: SeedDeployment, client: Client, executor: str, job_name: str
) -> None:
    def made() -> list[str]:
        ticks = client.sensors.ticks(SENSORS[job_name], location_name=executor, limit=5)
        return [run_id for tick in ticks for run_id in tick.run_ids]

    deployment.let_file_appear()
    run = client.wait(wait_until(made, what="a run")[0], timeout=30)
    assert (run.job_name, run.origin, run.origin_name) == (job_name, "sensor", SENSORS[job_name])
    assert_computed(client, run, executor)


def test_requested_by_a_schedule_at_the_minute(client: Client, executor: str, job_name: str) -> None:
    def ticks() -> list[str]:
        found = client.schedules.ticks(f"{job_name}_schedule", location_name=executor)
        return [run_id for tick in found for run_id in tick.run_ids]

    run = client.wait(wait_until(ticks, timeout=TO_THE_MINUTE, what="a tick")[-1], timeout=30)
    assert (run.job_name, run.origin, run.origin_name) == (job_name, "schedule", f"{job_name}_schedule")
    assert_computed(client, run, executor)

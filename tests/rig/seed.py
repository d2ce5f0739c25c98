"""The seed's workflows, deployed in every way: in one process and in many, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from headrace.client import Client, Run
from rig import dev
from rig.cli import Answer, run_cli
from rig.cluster import Cluster
from rig.processes import Supervisor
from rig.results import output_of

SEED = Path(__file__).parents[1] / "acceptance/locations/seed.py"
EXECUTORS = ("in_process", "multiprocess")
VERBATIM = "verbatim"
LAST_STEPS = {"process_numbers": "sum_two_sums", "process_numbers_asset": "summed_two_sums"}
SENSORS = {"process_numbers": "check_file_sensor", "process_numbers_asset": "check_file_sensor_of_assets"}

# Beside the seed's own: the document gives each executor and the sensor one example.
EXECUTOR_FOR_OPS = ("@job(description=", "@job(executor_def=dg.{executor}_executor, description=")
EXECUTOR_FOR_ASSETS = (
    'selection=AssetSelection.groups("numbers"))',
    'selection=AssetSelection.groups("numbers"), executor_def=dg.{executor}_executor)',
)
SENSOR_OF_ASSETS = """
@dg.sensor(job=process_numbers_asset, minimum_interval_seconds=5)
def check_file_sensor_of_assets():
    if os.path.exists("/check"):
        yield dg.RunRequest(run_key="check_file_exists")

defs = Definitions.merge(defs, Definitions(sensors=[check_file_sensor_of_assets]))
"""


def write_locations(directory: Path) -> Mapping[str, Path]:
    """Writes the seed once for each executor, and returns all files by the names of their locations.

    Deployments beside each other must not see each other's file appear, so each gets one of its own in place of `/check`.
    """
    files = {VERBATIM: SEED}
    for executor in EXECUTORS:
        text = SEED.read_text()
        for found, put in (EXECUTOR_FOR_OPS, EXECUTOR_FOR_ASSETS):
            assert found in text
            text = text.replace(found, put.format(executor=executor))
        text = (text + SENSOR_OF_ASSETS).replace('"/check"', repr(str(directory / "check")))
        files[executor] = directory / f"{executor}.py"
        files[executor].write_text(text)
    return files


@dataclass
class SeedDeployment:
    """A running Headrace with the seed's workflows as they stand, and once for each executor."""

    target: str
    directory: Path

    def client(self) -> Client:
        """A client of it."""
        return Client(self.target)

    def cli(self, *arguments: str) -> Answer:
        """Runs a command against it."""
        return run_cli(*arguments, env={"HEADRACE_TARGET": self.target})

    def let_file_appear(self) -> None:
        """Makes the file that the sensors wait for."""
        (self.directory / "check").touch()

    def start_automation(self) -> None:
        """Switches the schedules and sensors of all executors on."""
        with self.client() as client:
            for executor in EXECUTORS:
                for schedule in client.schedules.list(location_name=executor):
                    client.schedules.start(schedule.name, location_name=executor)
                for sensor in client.sensors.list(location_name=executor):
                    client.sensors.start(sensor.name, location_name=executor)


def result_of(client: Client, run: Run) -> Any:
    """Returns what the last step of one of the seed's jobs computed."""
    return output_of(client, run.run_id, LAST_STEPS.get(run.job_name, "sum_two_sums"))


def deploy_dev(supervisor: Supervisor, directory: Path, database_url: str) -> SeedDeployment:
    """Starts everything by one command."""
    home = directory / "home"
    home.mkdir()
    if database_url:
        storage = {"storage": {"postgres": {"postgres_url": database_url}}}
        (home / "headrace.yaml").write_text(yaml.safe_dump(storage))
    files = write_locations(directory)
    entries = [{"python_file": {"relative_path": str(file), "location_name": name}} for name, file in files.items()]
    workspace = directory / "workspace.yaml"
    workspace.write_text(yaml.safe_dump({"load_from": entries}))
    instance = dev.start(supervisor, home, "-w", workspace)
    return SeedDeployment(instance.target, directory)


def deploy_split(supervisor: Supervisor, directory: Path, database_url: str) -> SeedDeployment:
    """Starts every service and every location in a process of its own."""
    home = directory / "home"
    home.mkdir()
    cluster = Cluster(home, supervisor, database_url, write_locations(directory))
    cluster.start()
    return SeedDeployment(cluster.target, directory)

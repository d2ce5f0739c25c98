"""A process that dies, raises or hangs at the worst moment: what it was about is brought to its right end all the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.chaos.keeper import Keeper
from faults.failpoints.bench import Bench
from faults.failpoints.cases import CASES, Case
from faults.failpoints.discovery import points_in_code
from faults.failpoints.scenarios import PATIENCE, SCENARIOS
from faults.invariants import OVER
from faults.witness import FILE_VARIABLE
from headrace.faults import ONCE_VARIABLE
from rig.cluster import Cluster
from rig.postgres import PostgresServer
from rig.processes import SUPERVISOR, Supervisor
from rig.waiting import wait_until

WITNESSED = Path(__file__).parent / "locations/witnessed.py"
EACH_BY_ITSELF = bool(os.environ.get("HEADRACE_FAULTS_EACH"))
LEASE = 5
SETTINGS = {
    "leases": {"duration_seconds": LEASE, "renew_seconds": 1, "give_up_seconds": 3.5, "unclaimed_seconds": 4},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 5},
    "retention": {"runs_days": 100},
}
# What a point does: the process dies as if killed, an unexpected error comes up, or it stands still past its lease.
ACTIONS = ("exit", "raise", f"sleep:{LEASE + 1}") if EACH_BY_ITSELF else ("exit",)

pytestmark = pytest.mark.xdist_group("failpoints")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Bench]:
    directory = tmp_path_factory.mktemp("failpoints")
    for name in ("home", "processes", "fired"):
        (directory / name).mkdir()
    database_url = postgres_server.create_database()
    supervisor = Supervisor(directory / "processes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE_VARIABLE, str(directory / "witness"))
        patch.setenv(ONCE_VARIABLE, str(directory / "fired"))
        cluster = Cluster(directory / "home", supervisor, database_url, WITNESSED, settings=SETTINGS)
        cluster.start()
        yield Bench(cluster, database_url, directory / "witness", directory / "fired")
        supervisor.close()
    postgres_server.drop_database(database_url)


@pytest.fixture(autouse=True)
def output(request: pytest.FixtureRequest) -> None:
    """Has the output of the shared processes shown when a test fails."""
    if "bench" in request.fixturenames:
        request.node.stash[SUPERVISOR] = request.getfixturevalue("bench").cluster.supervisor


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "case", [each for case in CASES for each in (case.each() if EACH_BY_ITSELF else [case])], ids=str
)
def test_what_breaks_comes_right(bench: Bench, case: Case, action: str) -> None:
    with Keeper(bench.cluster):
        bench.arm(case.member, case.points, action)
        # What broke once may have taken a short cut past the other points.
        for _ in case.points:
            SCENARIOS[case.scenario](bench)
            if not bench.missing():
                break
        bench.disarm()
    assert not bench.missing()
    wait_until(lambda: all(run.state in OVER for run in bench.survey().runs), PATIENCE, what="the end of every run")
    assert bench.violations() == []


def test_every_point_of_the_code_has_a_case() -> None:
    covered = {point for case in CASES for point in case.points}
    assert covered == points_in_code()

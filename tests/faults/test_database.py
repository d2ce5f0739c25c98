"""The database breaks off, stands still or goes away: health says so, callers hear so, and nothing is lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos.load import Load, loaded, refusals
from faults.history import History
from faults.invariants import OVER
from faults.size import AT_LENGTH, SLACK
from faults.survey import survey
from faults.witness import read_sightings
from headrace.errors import StorageDownError
from rig.cluster import SERVICES, Cluster
from rig.health import is_serving
from rig.mortal_postgres import MortalPostgres
from rig.processes import Supervisor
from rig.waiting import wait_until

WITNESSED = Path(__file__).parent / "locations/witnessed.py"
SETTINGS = {
    "leases": {"duration_seconds": 8, "renew_seconds": 1, "unclaimed_seconds": 6},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 5},
}
AFTER_THE_LAST_FAULT = 60.0
NOTICED, BACK, REFUSED = 5.0 * SLACK, 10.0 * SLACK, 3.0 * SLACK


@pytest.fixture
def cluster(supervisor: Supervisor, headrace_home: Path, mortal_postgres: MortalPostgres, witness: Path) -> Cluster:
    url = mortal_postgres.server.create_database()
    cluster = Cluster(headrace_home, supervisor, url, WITNESSED, settings=SETTINGS)
    cluster.start()
    return cluster


def seconds_until(condition: Callable[[], bool], most: float, what: str) -> float:
    began = time.monotonic()
    wait_until(condition, most + 1, what)
    return time.monotonic() - began


def all_serve(cluster: Cluster) -> bool:
    return all(is_serving(cluster.addresses[name]) for name in SERVICES)


def none_serves(cluster: Cluster) -> bool:
    return not any(is_serving(cluster.addresses[name]) for name in SERVICES)


@pytest.mark.proves("P13", fault="F13", of="database")
@pytest.mark.slow
def test_health_flips_within_five_seconds_and_calls_fail_fast(
    cluster: Cluster, mortal_postgres: MortalPostgres
) -> None:
    mortal_postgres.shut_down()
    assert seconds_until(lambda: none_serves(cluster), NOTICED, "health saying that the database is down") < NOTICED
    with cluster.client() as client:
        began = time.monotonic()
        with pytest.raises(StorageDownError):
            client.submit_job("in_process")
        assert time.monotonic() - began < REFUSED
        mortal_postgres.start()
        assert seconds_until(lambda: all_serve(cluster), BACK, "health saying that it is back") < BACK
        assert client.wait(client.submit_job("in_process").run_id, timeout=60).succeeded
        mortal_postgres.freeze()
        assert seconds_until(lambda: none_serves(cluster), NOTICED, "health saying that it stands still") < NOTICED
        mortal_postgres.thaw()
        assert seconds_until(lambda: all_serve(cluster), BACK, "health saying that it goes on") < BACK
        assert client.wait(client.submit_job("in_process").run_id, timeout=60).succeeded


def test_storage_ends_when_it_is_told_to_although_the_database_stands_still(
    cluster: Cluster, mortal_postgres: MortalPostgres
) -> None:
    mortal_postgres.freeze()
    wait_until(lambda: not is_serving(cluster.addresses["storage"]), 60, what="storage that has noticed")
    storage = cluster.processes["storage", 0]
    storage.kill(signal.SIGTERM)
    assert storage.wait(60) == 0
    assert "did not stop well" not in storage.output()
    mortal_postgres.thaw()


@pytest.mark.proves("P1 P3 P4 P6 P11", fault="F12", of="database")
@pytest.mark.proves("P1 P3 P4 P6 P11", fault="F13", of="database")
@pytest.mark.proves("P1 P3 P4 P6 P11", fault="F4", of="database")
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_nothing_is_lost_when_connections_break_and_the_server_is_restarted(
    cluster: Cluster, mortal_postgres: MortalPostgres, witness: Path
) -> None:
    history, broken = History(), 0
    with loaded(Load(cluster.target, history, seed=1, runs=20, pause=0.2)):
        for number in range(9):
            time.sleep(0.7)  # noqa: TID251 - for the load to go on in between
            if number in (4, 8):
                mortal_postgres.shut_down()
                mortal_postgres.start()
            else:
                broken += mortal_postgres.terminate_backends()
    wait_until(lambda: is_over(cluster), AFTER_THE_LAST_FAULT, what="the end of every run")
    print(f"{broken} connections broken")
    nothing_is_lost(cluster, history, witness)


@pytest.mark.proves("P1 P3 P4 P6 P11", fault="F15", of="gateway coordinator launcher storage worker database")
@pytest.mark.proves("P8", fault="F15", of="scheduler")
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_nothing_is_lost_when_no_connection_is_left_and_when_a_writer_is_stuck(
    cluster: Cluster, mortal_postgres: MortalPostgres, witness: Path
) -> None:
    history = History()
    with cluster.client() as client:
        client.sensors.start("counter")
        with loaded(Load(cluster.target, history, seed=2, runs=20, pause=0.2)):
            for _ in range(4 if AT_LENGTH else 1):
                with mortal_postgres.no_connection_left() as taken:
                    time.sleep(2.5)  # noqa: TID251 - for everybody to meet it
                wait_until(lambda: all_serve(cluster), BACK, "health saying that there are connections again")
                with mortal_postgres.stuck_writer(cluster.database_url):
                    time.sleep(4)  # noqa: TID251 - longer than a lock is waited for
                time.sleep(0.5)  # noqa: TID251 - for the load to go on in between
        client.sensors.stop("counter")
    wait_until(lambda: is_over(cluster), AFTER_THE_LAST_FAULT, what="the end of every run")
    print(f"{taken} connections taken")
    nothing_is_lost(cluster, history, witness)
    assert invariants.sensor_atomicity("counter", survey(cluster.database_url)) == []


def nothing_is_lost(cluster: Cluster, history: History, witness: Path) -> None:
    seen = survey(cluster.database_url)
    print(f"{len(seen.runs)} runs, {len(seen.facts)} events")
    assert refusals(history) == []
    assert invariants.lost_runs(history, seen.runs) == []
    assert invariants.double_claims(seen.facts, read_sightings(witness)) == []
    assert invariants.illegal_transitions(seen.runs, seen.facts) == []
    assert invariants.gaps(seen.runs, seen.facts) == []
    assert invariants.duplicate_or_stale_events(seen.facts) == []
    assert invariants.repeated_effects(history, seen.runs) == []


def is_over(cluster: Cluster) -> bool:
    return all(run.state in OVER for run in survey(cluster.database_url).runs)

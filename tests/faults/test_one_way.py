"""Requests get through to the gateway, and its answers are lost: whoever repeats them has one run, and the same."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos.load import Load, loaded, refusals
from faults.history import History
from faults.size import AT_LENGTH
from faults.survey import survey
from rig.cluster import StartCluster
from rig.one_way import OneWayPath
from rig.waiting import wait_until

WITNESSED = Path(__file__).parent / "locations/witnessed.py"


@pytest.mark.proves("P1 P11", fault="F9", of="gateway")
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_what_was_asked_for_and_never_answered_is_done_once(
    start_cluster: StartCluster, postgres_url: str, witness: Path
) -> None:
    cluster, history = start_cluster(WITNESSED), History()
    with OneWayPath(cluster.target) as path:
        with loaded(Load(path.address, history, seed=3, runs=12, pause=0.2)):
            for _ in range(6 if AT_LENGTH else 2):
                time.sleep(0.5)  # noqa: TID251 - for the load to go on in between
                path.lose_answers()
                time.sleep(1.5)  # noqa: TID251 - for requests to get through meanwhile
                path.heal()
        assert path.swallowed
    wait_until(
        lambda: all(run.state in invariants.OVER for run in survey(postgres_url).runs), 60, "the end of all runs"
    )
    seen = survey(postgres_url)
    print(f"{len(seen.runs)} runs; {path.swallowed} bytes of answers lost")
    assert refusals(history) == []
    assert invariants.lost_runs(history, seen.runs) == []
    assert invariants.repeated_effects(history, seen.runs) == []

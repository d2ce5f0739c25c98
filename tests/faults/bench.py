"""A cluster that many cases share, each of which breaks something else of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from faults import invariants
from faults.survey import Survey, survey
from faults.witness import read_sightings
from rig.cluster import Cluster

_LEASES = """
    SELECT count(*) FROM leases
    WHERE resource LIKE 'scheduler/%' AND expire_time > extract(epoch FROM clock_timestamp()) * 1000000
"""


@dataclass
class Bench:
    """The cluster and what is known of it past its services.

    Attributes:
        cluster: Its processes.
        database_url: Their database.
        witness: What user code says.
        fired: Where points that have fired leave their names.
    """

    cluster: Cluster
    database_url: str
    witness: Path
    fired: Path
    points: tuple[str, ...] = ()
    armed: str = ""

    def arm(self, member: str, points: tuple[str, ...], action: str) -> None:
        """Has a member break at each of some points, once."""
        self.disarm()
        if self.armed and self.armed != member:
            # It was started again with its points, which count as fired only for as long as their marks are there.
            self.cluster.restart(self.armed)
        self.armed = member
        for mark in self.fired.iterdir():
            mark.unlink()
        self.points = points
        self.cluster.faults = {member: ",".join(f"{point}={action}" for point in points)}
        self.cluster.restart(member)

    def disarm(self) -> None:
        """Has nothing break any more."""
        self.cluster.faults = {}

    def missing(self) -> set[str]:
        """Returns the points that have not been reached yet."""
        return set(self.points) - {mark.name for mark in self.fired.iterdir()}

    def survey(self) -> Survey:
        """Reads the database."""
        return survey(self.database_url)

    def scheduler_leases(self) -> int:
        """Returns how many leases on evaluating schedules and sensors hold now."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(_LEASES).fetchone()
        return int(row[0]) if row else 0

    def worker_of(self, run_id: str) -> int:
        """Returns the process whose user code spoke last of a run; 0 if none has yet."""
        return next((each.worker for each in reversed(read_sightings(self.witness)) if each.run_id == run_id), 0)

    def violations(self) -> list[str]:
        """Returns what was broken of what was promised, of all that ever happened here."""
        # First what user code has said: whatever speaks was claimed before, and sensors ask for new runs all the time.
        said = read_sightings(self.witness)
        seen = self.survey()
        kept = {run.run_id for run in seen.runs}
        sightings = [each for each in said if each.run_id in kept]
        return [
            *invariants.double_claims(seen.facts, sightings),
            *invariants.illegal_transitions(seen.runs, seen.facts),
            *invariants.gaps(seen.runs, seen.facts),
            *invariants.duplicate_or_stale_events(seen.facts),
            *invariants.sensor_atomicity("thoughtful", seen),
        ]

"""Bugs to plant: each breaks one promise, and a test that must notice."""

from __future__ import annotations

from dataclasses import dataclass

STORAGE = "services/headrace_services/storage"
COORDINATOR = "services/headrace_services/coordinator"
FENCE = "integration/storage/test_run_leases.py"
APPENDS = "faults/test_failpoints.py -k storage.after_commit.append_events-run-exit"
CHAOS = "faults/test_runs_survive.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug.

    Attributes:
        name: What it gets wrong.
        file: Where.
        old: The code that is right; exactly once in the file.
        new: The code that takes its place.
        caught_by: The tests that must fail.
    """

    name: str
    file: str
    old: str
    new: str
    caught_by: str

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


MUTANTS = (
    Mutant(
        "a lease that is over still counts",
        f"{STORAGE}/store/run_leases.py",
        """    runs.c.epoch == bindparam("of_epoch"),
    runs.c.run_token == bindparam("of_token"),
    in_states(RUNNING, CANCELING),
    runs.c.lease_until > bindparam("now"),
)
_APPEND = (
    update(runs)
    .where(*_HELD, runs.c.batch == bindparam("number_of_batch") - 1)
""",
        """)
_APPEND = (
    update(runs)
    .where(*_HELD)
""",
        FENCE,
    ),
    Mutant(
        "a batch that is repeated is stored again",
        f"{STORAGE}/store/run_leases.py",
        ', runs.c.batch == bindparam("number_of_batch") - 1',
        "",
        APPENDS,
    ),
    Mutant(
        "a tick that was decided on an old state is stored",
        f"{STORAGE}/operations/ticks.py",
        "            self.fresh = self.request.etag == etag_of(known)",
        "            self.fresh = True",
        "integration/storage/test_ticks.py",
    ),
    Mutant(
        "a cursor stays behind its runs",
        f"{STORAGE}/operations/ticks.py",
        '            values["cursor"] = request.tick.cursor',
        '            values["cursor"] = known.cursor if known else ""',
        "faults/test_failpoints.py -k scheduler.before_commit-sensor-exit",
    ),
    Mutant(
        "a change of state without its event",
        f"{STORAGE}/operations/claim_run.py",
        '    events.append(tx, record.run_id, record.number, record.last_sequence, [state_event(record, STARTING, "", None)])\n',
        "",
        APPENDS,
    ),
    Mutant(
        "one run more than may be",
        f"{COORDINATOR}/queue.py",
        "        if 0 <= most <= self._runs:",
        "        if 0 <= most < self._runs:",
        CHAOS,
    ),
    Mutant(
        "a feed that does not wait for transactions",
        f"{STORAGE}/store/postgres.py",
        "connection.execute(_HORIZON).scalar_one() - 1",
        "2**62",
        CHAOS,
    ),
    Mutant(
        "a cancel that is acknowledged and forgotten",
        f"{COORDINATOR}/transitions.py",
        "    if state in (RunState.STARTING, RunState.RUNNING):",
        "    if state is RunState.STARTING:",
        CHAOS,
    ),
    Mutant(
        "a submission that is made anew at each try",
        f"{COORDINATOR}/runs.py",
        "        return str(uuid.UUID(request_id))",
        "        return str(uuid.uuid4())",
        CHAOS,
    ),
)

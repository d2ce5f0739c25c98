"""Bugs to plant: each breaks one promise, and a test that must notice."""

from __future__ import annotations

from dataclasses import dataclass

STORAGE = "services/headrace_services/storage"
COORDINATOR = "services/headrace_services/coordinator"
SCHEDULER = "services/headrace_services/scheduler"
APPENDS = "faults/test_failpoints.py -k storage.after_commit.append_events-run-exit"
CHAOS = "faults/test_runs_survive.py"
SIMULATION = "faults/test_simulation.py -k promises"
LEASES = "integration/storage/test_run_leases.py"
RUNS = "integration/storage/test_runs.py"
EVENTS = "integration/storage/test_events.py"
TICKS = "integration/storage/test_ticks.py"
TOLD = "integration/scheduler/test_event_sensors.py"
QUEUE = "integration/storage/test_queue.py"
POOLS = "integration/storage/test_pools.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug.

    Attributes:
        breaks: The promise.
        name: What it gets wrong.
        file: Where.
        old: The code that is right; exactly once in the file.
        new: The code that takes its place.
        caught_by: The tests that must fail.
    """

    breaks: str
    name: str
    file: str
    old: str
    new: str
    caught_by: str

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


MUTANTS = (
    Mutant(
        "P6",
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
        LEASES,
    ),
    Mutant(
        "P6",
        "a batch that is repeated is stored again",
        f"{STORAGE}/store/run_leases.py",
        ', runs.c.batch == bindparam("number_of_batch") - 1',
        "",
        APPENDS,
    ),
    Mutant(
        "P7",
        "a tick that was decided on an old state is stored",
        f"{STORAGE}/operations/tick_commits.py",
        "            self.fresh = self.request.etag == etag_of(known)",
        "            self.fresh = True",
        TICKS,
    ),
    Mutant(
        "P8",
        "a cursor stays behind its runs",
        f"{STORAGE}/operations/tick_commits.py",
        '            values["cursor"] = request.tick.cursor',
        '            values["cursor"] = known.cursor if known else ""',
        "faults/test_failpoints.py -k scheduler.before_commit-sensor-exit",
    ),
    Mutant(
        "P3",
        "a change of state without its event",
        f"{STORAGE}/operations/claim_run.py",
        '    events.append(tx, record.run_id, record.number, record.last_sequence, [state_event(record, STARTING, "", None)])\n',
        "",
        APPENDS,
    ),
    Mutant(
        "P10",
        "one run more than may be",
        f"{COORDINATOR}/queue/deciding.py",
        "        if not 0 <= most <= self._runs:",
        "        if not 0 <= most < self._runs:",
        SIMULATION,
    ),
    Mutant(
        "P10",
        "one slot of a pool more than there are",
        f"{STORAGE}/store/pool_slots.py",
        "_grant(tx, pool, None if limit is None else limit - held)",
        "_grant(tx, pool, None if limit is None else limit - held + 1)",
        POOLS,
    ),
    Mutant(
        "P10",
        "a slot that is given back is taken again by what was said before",
        f"{STORAGE}/store/run_leases.py",
        '    .where(*_HELD, runs.c.pool_round <= bindparam("heard"))',
        "    .where(*_HELD)",
        POOLS,
    ),
    Mutant(
        "P10",
        "the slots of a dead worker are counted for ever",
        f"{STORAGE}/store/pool_slots.py",
        '    runs.c.lease_until > bindparam("now"),\n)\n# A lease',
        "    True,\n)\n# A lease",
        POOLS,
    ),
    Mutant(
        "P5",
        "a feed that does not wait for transactions",
        f"{STORAGE}/store/postgres.py",
        "connection.execute(_HORIZON).scalar_one() - 1",
        "2**62",
        CHAOS,
    ),
    Mutant(
        "P9",
        "a cancel that is acknowledged and forgotten",
        f"{COORDINATOR}/runs/transitions.py",
        "    if state in (RunState.STARTING, RunState.RUNNING):",
        "    if state is RunState.STARTING:",
        SIMULATION,
    ),
    Mutant(
        "P11",
        "a submission that is made anew at each try",
        f"{COORDINATOR}/runs/identity.py",
        "        return str(uuid.UUID(request_id))",
        "        return str(uuid.uuid4())",
        SIMULATION,
    ),
    Mutant(
        "P1",
        "what a launcher took and never did is not given to another",
        f"{STORAGE}/store/outbox.py",
        '    .where(outbox.c.launcher_name == bindparam("launcher_name"), outbox.c.claimed_until <= bindparam("now"))',
        '    .where(outbox.c.launcher_name == bindparam("launcher_name"), outbox.c.claimed_until == 0)',
        QUEUE,
    ),
    Mutant(
        "P1",
        "a run that no worker claims is left alone",
        f"{COORDINATOR}/runs/transitions.py",
        "    if state is RunState.STARTING and reason in (OverdueReason.START, OverdueReason.LEASE):",
        "    if state is RunState.STARTING and reason is OverdueReason.LEASE:",
        "unit/coordinator/test_transitions.py",
    ),
    Mutant(
        "P2",
        "any token is good for a claim",
        f"{STORAGE}/operations/claim_run.py",
        "        [runs.in_states(STARTING), runs.has_launch_token(request.launch_token), runs.start_not_given_up()],",
        "        [runs.in_states(STARTING), runs.start_not_given_up()],",
        LEASES,
    ),
    Mutant(
        "P2",
        "a claim is granted to everybody who has the token",
        f"{STORAGE}/operations/claim_run.py",
        "    same = (known.claim_id, known.launch_token) == (request.request_id, request.launch_token)",
        "    same = known.launch_token == request.launch_token and known.claim_id is not None",
        LEASES,
    ),
    Mutant(
        "P3",
        "a run is changed by who knows it from another epoch",
        f"{STORAGE}/operations/commit_transition.py",
        " or run.epoch != request.epoch:",
        ":",
        RUNS,
    ),
    Mutant(
        "P4",
        "a batch leaves a gap",
        f"{STORAGE}/store/run_leases.py",
        'last_sequence=runs.c.last_sequence + bindparam("count"),',
        'last_sequence=runs.c.last_sequence + bindparam("count") + 1,',
        EVENTS,
    ),
    Mutant(
        "P4",
        "what is appended while a log is read is skipped",
        f"{STORAGE}/store/feed.py",
        "    if run.last_sequence == after:\n        return RunPage([], after, True, run.finish_time is not None)",
        "    if run.last_sequence <= after + 1:\n        return RunPage([], run.last_sequence, True, run.finish_time is not None)",
        EVENTS,
    ),
    Mutant(
        "P5",
        "a cursor of the feed repeats what it stands on",
        f"{STORAGE}/store/postgres.py",
        "        return tuple_(events.c.xid, events.c.id) > tuple_(*position)",
        "        return tuple_(events.c.xid, events.c.id) >= tuple_(*position)",
        EVENTS,
    ),
    Mutant(
        "P7",
        "a moment has a tick for each scheduler",
        f"{STORAGE}/operations/tick_commits.py",
        "        before = stored.get((known.number, self.due)) if known else None",
        "        before = None",
        TICKS,
    ),
    Mutant(
        "P8",
        "a sensor is told of the same run again",
        f"{SCHEDULER}/events/run_sensors.py",
        "            decision.tick.cursor = change.cursor\n",
        "",
        TOLD,
    ),
    Mutant(
        "P8",
        "what was decided on a cursor that was changed meanwhile counts",
        f"{SCHEDULER}/evaluation.py",
        "            etag=decision.etag,",
        "            etag=entry.etag,",
        "integration/scheduler/test_bad_answers.py",
    ),
    Mutant(
        "P12",
        "sensors that take their time take everybody's",
        "codeloc/headrace_codeloc/host/evaluations.py",
        "        if sensors < max(1, self._most_at_once - KEPT_FROM_SENSORS):",
        "        if True:",
        "integration/codeloc/test_crowds.py",
    ),
    Mutant(
        "P8",
        "a run key is good for any number of runs",
        f"{STORAGE}/operations/tick_commits.py",
        "            if not run.origin.run_key or run.run_id in unused:",
        "            if True:",
        TICKS,
    ),
    Mutant(
        "P9",
        "a run that waits cannot be canceled",
        f"{COORDINATOR}/runs/transitions.py",
        "    if state is RunState.QUEUED:\n        return RunState.CANCELED",
        "    if state is RunState.QUEUED:\n        return None",
        "unit/coordinator/test_transitions.py",
    ),
    Mutant(
        "P10",
        "admissions are decided on an old queue",
        f"{STORAGE}/operations/admit_runs.py",
        "        queue.advance(tx, request.version)\n",
        "",
        QUEUE,
    ),
    Mutant(
        "P11",
        "answers are not remembered",
        f"{STORAGE}/operations/repeats.py",
        "        if keep(response):",
        "        if not keep(response):",
        RUNS,
    ),
    Mutant(
        "P12",
        "an evaluation may take as long as it likes",
        "codeloc/headrace_codeloc/host/evaluations.py",
        "            if evaluation.deadline <= now:\n                child.kill()",
        "            if evaluation.deadline + 3600 <= now:\n                child.kill()",
        "integration/codeloc/test_evaluating.py -k deadline",
    ),
    Mutant(
        "P12",
        "code that does not load takes the place of code that does",
        "codeloc/headrace_codeloc/front/hosts.py",
        "            await self._use(self._current, hopeless=True)",
        "            await self._use(None, hopeless=True)",
        "integration/codeloc/test_reloading.py -k broken",
    ),
    Mutant(
        "P13",
        "a service that is not well says that it is",
        "services/headrace_services/kit/health.py",
        "        return False\n",
        "        return True\n",
        "unit/kit/test_health.py",
    ),
    Mutant(
        "P13",
        "what a worker repeats is counted again",
        f"{COORDINATOR}/operations/finish_run.py",
        "    if not answer.repeated:",
        "    if answer.run:",
        "integration/coordinator/test_workers.py -k counted_once",
    ),
)

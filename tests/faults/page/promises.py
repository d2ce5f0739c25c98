"""What Headrace promises, under which assumptions, and what it does not promise."""

from __future__ import annotations

PROMISES = {
    "P1": (
        "accepted is durable",
        "Once a run was accepted, it comes to an end, whatever processes die and however often.",
    ),
    "P2": (
        "one worker per attempt",
        "Two processes may be started for an attempt of a run; one of them claims it, and user code runs in that one only.",
    ),
    "P3": (
        "legal histories",
        "A run's states follow the table of the state machine, its last state is final, and each change is one event, "
        "committed together with it.",
    ),
    "P4": (
        "gap-free log",
        "A run's events are numbered 1 to n without gaps. What a reader saw at a number never changes, and watching and "
        "listing agree.",
    ),
    "P5": (
        "whole feed",
        "The feed of all events brings every committed event once behind its cursor, each run's in the run's own order.",
    ),
    "P6": (
        "exact reports",
        "What a worker was told is stored is stored once. Once somebody took over, nothing of the worker before is stored.",
    ),
    "P7": (
        "exact ticks",
        "For every schedule and due time that was neither paused nor given up by its catch-up policy: one tick, and its "
        "runs once, over replicas, restarts, daylight saving and steps of the clock.",
    ),
    "P8": (
        "sensors are atomic",
        "A sensor's cursor and the runs it asked for are committed together; a run key never makes a second run.",
    ),
    "P9": (
        "cancel holds",
        "After an acknowledged cancel no step starts beyond one heartbeat, or the worker's lease where it cannot be reached, "
        "and the run is over within the cancel timeout and one lease.",
    ),
    "P10": (
        "limits hold",
        "Never are more runs or slots of a pool in use than configured, not even while one takes over from another.",
    ),
    "P11": (
        "safe retries",
        "A mutation that is repeated with its request id within 24 hours has one effect and the same answer.",
    ),
    "P12": (
        "isolation",
        "A location that crashes, hangs, leaks, lies or floods harms its own runs, ticks and watches alone.",
    ),
    "P13": (
        "honest metrics",
        "Counters agree with the database, and health says the truth within five seconds.",
    ),
}

ASSUMPTIONS = (
    "PostgreSQL keeps what it has committed.",
    "Of each service some replica runs, sooner or later.",
    "Clocks may jump. Monotonic clocks of different machines run within a factor of two of each other.",
)

NOT_PROMISED = (
    "That user code runs once. A step that failed is tried again, and a run whose worker is lost goes on in another: code of "
    "a step can have run, wholly or in part, before it runs again.",
    "Effects in other systems exactly once. Use the run's id and the step's key, which stay the same over attempts, to make "
    "them idempotent.",
    "Progress while the database is away. Calls fail at once with `STORAGE_DOWN`, and nothing that was accepted is lost.",
    "More than one storage process on SQLite.",
    "Two versions of Headrace side by side: there is one version yet.",
)

FAULTS = {
    "F1": "killed at a random moment",
    "F2": "killed at a named point of its code",
    "F3": "all processes killed at once",
    "F4": "frozen for longer than its lease, then goes on",
    "F5": "told to end while there is work",
    "F6": "did it, and its answer is lost",
    "F7": "a request twice, or two at once",
    "F8": "cut off from storage for long",
    "F9": "requests get through, answers do not",
    "F10": "slow and broken networks",
    "F11": "clock steps, daylight saving",
    "F12": "broken connections of the database",
    "F13": "the database crashes and recovers",
    "F14": "a full disk",
    "F15": "no connection left, a writer that is stuck",
    "F16": "a location that does not load, hangs, floods or lies",
    "F17": "user code that does its worst",
    "F18": "watchers that are slow, or very many",
    "F19": "notifications are lost",
}

PARTS = ("gateway", "coordinator", "scheduler", "launcher", "storage", "location", "worker", "database")

AT_LENGTH = (
    "Processes of every kind killed at random, while clients submit, repeat and cancel runs and a sensor asks for more: 352 "
    "with SIGKILL and 88 frozen, half of them on PostgreSQL and half on SQLite; 2,498 runs with 87,044 events, everything over "
    "within 1.0 s of the last kill.",
    "Simulated trouble: 100 seeds of about 140 runs and 60 troubles each.",
    "Broken at every point that the code names, one at a time: 281 cases, in which the process dies, raises or stands still "
    "past its lease.",
    "Planted bugs: 32, each caught.",
    "Both schedulers, and what they talk to, killed around four minutes at which 50 schedules are due: 44 kills, 200 ticks, none "
    "lost or doubled.",
)

"""How much is done: little by default, so that every push can afford it, and as much as the environment asks for."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

AT_LENGTH = bool(os.environ.get("HEADRACE_FAULTS_EACH"))
"""Whether everything is broken, each thing by itself, and not only what every push can afford."""

SLACK = 1 if AT_LENGTH else 3
"""How many times as long as promised things may take: on every push other tests have the processors, too."""


@dataclass(frozen=True)
class Size:
    """What the environment says.

    Attributes:
        seed: Decides about everything that chance does; HEADRACE_FAULTS_SEED.
        runs: Runs that are submitted while processes are killed, at least; HEADRACE_FAULTS_RUNS.
        kills: Processes that are killed meanwhile; HEADRACE_FAULTS_KILLS.
        minutes: Minutes whose ticks are looked at; HEADRACE_FAULTS_MINUTES.
    """

    seed: int
    runs: int
    kills: int
    minutes: int

    @classmethod
    def of_environment(cls) -> Size:
        """Reads it."""
        return cls(
            seed=_number("SEED", time.time_ns() % 100_000),
            runs=_number("RUNS", 60),
            kills=_number("KILLS", 16),
            minutes=_number("MINUTES", 1),
        )

    def command(self, test: str) -> str:
        """Returns the command that does the same once more."""
        settings = " ".join(f"HEADRACE_FAULTS_{name.upper()}={value}" for name, value in vars(self).items())
        return f"{settings} .venv/bin/pytest -s {test}"


def _number(name: str, default: int) -> int:
    return int(os.environ.get(f"HEADRACE_FAULTS_{name}", default))

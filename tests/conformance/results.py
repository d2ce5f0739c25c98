"""What became of the tests, counted by area."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from areas import area_of
from published import PACKAGE


@dataclass
class Area:
    """The counts of one area.

    Attributes:
        outcomes: `passed`, `failed`, `internal` or `skipped` → tests.
    """

    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> str:
        """How many of the tests of the public API pass."""
        judged = self.outcomes["passed"] + self.outcomes["failed"]
        return f"{100 * self.outcomes['passed'] / judged:.0f} %" if judged else "–"


@dataclass
class Results:
    """All counts.

    Attributes:
        areas: By folder.
        internals: What is inside of Dagster → tests that use it.
        failures: Why tests fail → how many.
    """

    areas: dict[str, Area] = field(default_factory=dict)
    internals: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> Area:
        """All areas in one."""
        return Area(sum((area.outcomes for area in self.areas.values()), Counter()))


def read_results(outcomes: Path) -> Results:
    """Counts what a run has written."""
    results = Results()
    worst: dict[str, dict[str, object]] = {}
    for line in outcomes.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        # A test that passes and then fails to clean up behind itself has failed.
        if found["test"] not in worst or found["outcome"] != "passed":
            worst[found["test"]] = found
    for test, found in worst.items():
        path = test.partition("::")[0].removeprefix(f"{PACKAGE}/")
        area = results.areas.setdefault(area_of(path), Area())
        area.outcomes[str(found["outcome"])] += 1
        if found["outcome"] == "internal":
            results.internals.update(found["reasons"])  # type: ignore[call-overload]
        elif found["outcome"] == "failed":
            results.failures.update(found["reasons"])  # type: ignore[call-overload]
    return results

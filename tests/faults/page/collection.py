"""Which tests prove what: read from the marks that they carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults.page.promises import FAULTS, PARTS, PROMISES

TESTS = Path(__file__).parents[2]
MARK = "proves"


@dataclass(frozen=True, slots=True)
class Proof:
    """What one test says that it proves.

    Attributes:
        test: File and function, below `tests`.
        promises: Which of them it checks.
        fault: What goes wrong meanwhile; empty if nothing does.
        parts: What it happens to.
    """

    test: str
    promises: tuple[str, ...]
    fault: str = ""
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: pytest.Item, mark: pytest.Mark) -> Proof:
        """Reads a mark.

        Raises:
            ValueError: it names a promise, fault or part that there is not.
        """
        proof = cls(
            test=item.nodeid.removeprefix("tests/").partition("[")[0],
            promises=tuple(mark.args[0].split()),
            fault=mark.kwargs.get("fault", ""),
            parts=tuple(mark.kwargs.get("of", "").split()),
        )
        unknown = {*proof.promises} - {*PROMISES} | {*proof.parts} - {*PARTS} | {proof.fault} - {*FAULTS, ""}
        if unknown:
            raise ValueError(f"{item.nodeid} proves what there is not: {sorted(unknown)}")
        return proof


class Collector:
    """A plugin that keeps the proofs of a collection."""

    def __init__(self) -> None:
        self.proofs: list[Proof] = []

    def pytest_collection_modifyitems(self, items: Iterable[pytest.Item]) -> None:
        """Looks at all tests."""
        self.proofs = list(dict.fromkeys(Proof.of(item, mark) for item in items for mark in _marks(item)))


def _marks(item: pytest.Item) -> Iterator[pytest.Mark]:
    return item.iter_markers(MARK)


def collect() -> list[Proof]:
    """Collects the tests that prove something without running them.

    Raises:
        RuntimeError: it cannot be collected.
    """
    collector = Collector()
    # One file in ten has such marks, and importing the others takes a minute.
    marked = [
        str(file) for file in sorted(TESTS.rglob("test_*.py")) if f"mark.{MARK}(" in file.read_text(encoding="utf-8")
    ]
    code = pytest.main(["--collect-only", "-qq", "--no-header", *marked], plugins=[collector])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests cannot be collected: {code!r}")
    return collector.proofs

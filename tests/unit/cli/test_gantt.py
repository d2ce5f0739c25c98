"""Steps as bars on a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from headrace.cli.gantt import Scale
from headrace.cli.progress import AttemptProgress

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def scale(seconds: float, columns: int = 40) -> Scale:
    return Scale(START, START + timedelta(seconds=seconds), columns)


def attempt(first: float, last: float | None, state: str = "succeeded") -> AttemptProgress:
    end = None if last is None else START + timedelta(seconds=last)
    return AttemptProgress(START + timedelta(seconds=first), end, state)


def test_a_bar_is_where_its_attempt_was() -> None:
    assert scale(10, 10).bars([attempt(2, 5)]).plain == "  ━━━     "
    assert scale(10, 10).bars([attempt(2.5, 4.5)]).plain == "  ╺━╸     "


def test_each_attempt_has_a_bar_and_a_colour_of_its_own() -> None:
    bars = scale(10, 10).bars([attempt(0, 2, "failed"), attempt(6, None, "running")])
    assert bars.plain == "━━    ━━━━"
    assert len({str(span.style) for span in bars.spans}) == 2


@pytest.mark.parametrize("first", [0, 3.3, 9.99, 10])
def test_the_shortest_attempt_is_seen(first: float) -> None:
    bars = scale(10, 10).bars([attempt(first, first)])
    assert len(bars.plain) == 10
    assert bars.plain.strip() in ("╸", "╺")


@pytest.mark.parametrize("seconds", [0.0, 0.004, 0.7, 9, 75, 4_000, 90_000, 10_000_000])
@pytest.mark.parametrize("columns", [10, 40, 72])
def test_the_axis_has_few_round_moments_and_keeps_its_width(seconds: float, columns: int) -> None:
    axis = scale(seconds, columns).axis().plain
    assert len(axis) == columns
    assert axis.startswith("0")

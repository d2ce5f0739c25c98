"""Steps as bars on a terminal: when each of them was executed, under one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

from headrace.cli.output import style_of
from headrace.cli.progress import AttemptProgress
from headrace.client.event_text import format_seconds

_BAR, _HALF_LEFT, _HALF_RIGHT = "━", "╸", "╺"
_COLUMNS_PER_TICK = 14
_ROUND = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of time on so many columns.

    Attributes:
        begin: Where it begins.
        end: Where it ends.
        columns: How wide it is.
    """

    begin: datetime
    end: datetime
    columns: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max(0.001, (self.end - self.begin).total_seconds())

    def half(self, time: datetime) -> int:
        """Returns the half column that a moment falls into."""
        share = (time - self.begin).total_seconds() / self.seconds
        return min(2 * self.columns, max(0, round(2 * self.columns * share)))

    def axis(self) -> Text:
        """Returns round moments, counted from the beginning, above their columns."""
        step = self._tick_seconds()
        line = ""
        for number in range(int(self.seconds / step) + 1):
            column = int(self.columns * number * step / self.seconds)
            label = "0" if number == 0 else format_seconds(number * step)
            if column < len(line) or column + len(label) > self.columns:
                continue
            line = line.ljust(column) + label + " "
        return Text(line.rstrip().ljust(self.columns), style="dim")

    def bars(self, attempts: Sequence[AttemptProgress]) -> Text:
        """Returns a bar for each attempt, to half a column."""
        line = Text(" " * self.columns)
        for attempt in attempts:
            first = min(self.half(attempt.start_time), 2 * self.columns - 1)
            last = max(first + 1, self.half(attempt.end_time or self.end))
            line = line[: first // 2] + _bar(first, last, attempt.state) + line[(last + 1) // 2 :]
        return line

    def _tick_seconds(self) -> float:
        most = max(1, self.columns // _COLUMNS_PER_TICK)
        small = [digit * 10.0**power for power in (-3, -2, -1) for digit in (1, 2, 5)]
        for step in [*small, *_ROUND]:
            if self.seconds / step <= most:
                return step
        return self.seconds / most


def _bar(first: int, last: int, state: str) -> Text:
    """Returns the columns that a stretch of half columns touches."""
    if first // 2 == (last - 1) // 2:
        text = _BAR if last - first == 2 else (_HALF_LEFT if first % 2 == 0 else _HALF_RIGHT)
    else:
        text = _HALF_RIGHT if first % 2 else ""
        text += _BAR * (last // 2 - (first + 1) // 2)
        text += _HALF_LEFT if last % 2 else ""
    return Text(text, style=style_of(state))

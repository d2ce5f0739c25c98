"""Some windows of time, as ranges of numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence

from headrace.definitions.partitions.spans import SpansSubset
from headrace.definitions.partitions.time_window import TimeWindow


class WindowsSubset(SpansSubset):
    """Some windows of time, as ranges of numbers."""

    @property
    def included_time_windows(self) -> Sequence[TimeWindow]:
        """The same as the spans of time that neighbouring windows cover together."""
        window_at = self.partitions_def.window_at
        return [TimeWindow(window_at(first).start, window_at(last - 1).end) for first, last in self.spans]

    def serialize(self) -> str:
        """It as text, which `deserialize_subset` of its set reads again; the same for subsets that are equal."""
        windows = [[window.start.timestamp(), window.end.timestamp()] for window in self.included_time_windows]
        return json.dumps({"version": 1, "time_windows": windows, "num_partitions": len(self)})

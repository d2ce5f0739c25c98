"""Metric families whose label sets are bounded: what users name must not grow a time series each, without end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import prometheus_client as prometheus

OTHER = "other"


class _Family:
    """A family and its series; once a label has had as many distinct values as it may, new values count as "other"."""

    def __init__(self, family: Any, labels: Sequence[str], most_values: int) -> None:
        self._family = family
        self._labels = tuple(labels)
        self._most_values = most_values
        self._values: tuple[set[str], ...] = tuple(set() for _ in labels)
        self._series: dict[tuple[str, ...], Any] = {}

    def _at(self, values: tuple[str, ...]) -> Any:
        series = self._series.get(values)
        if series is None:
            bounded = tuple(self._bounded(seen, value) for seen, value in zip(self._values, values, strict=True))
            series = self._family.labels(*bounded) if self._labels else self._family
            # Only the bounded form is kept, or the map itself would grow with every new value.
            self._series[bounded] = series
        return series

    def _bounded(self, seen: set[str], value: str) -> str:
        if value not in seen:
            if len(seen) >= self._most_values:
                return OTHER
            seen.add(value)
        return value


class Counter(_Family):
    """Only grows."""

    def add(self, *values: str, amount: float = 1.0) -> None:
        self._at(values).inc(amount)


class Gauge(_Family):
    """Goes up and down."""

    def set(self, value: float, *values: str) -> None:
        self._at(values).set(value)

    def add(self, *values: str, amount: float = 1.0) -> None:
        self._at(values).inc(amount)

    def remove(self, *values: str) -> None:
        """Forgets a series whose subject is gone."""
        if self._series.pop(values, None) is not None:
            self._family.remove(*values)
            for seen, value in zip(self._values, values, strict=True):
                if not any(value in series for series in self._series):
                    seen.discard(value)


class Histogram(_Family):
    """How often which values came."""

    def observe(self, value: float, *values: str) -> None:
        self._at(values).observe(value)


def make(
    kind: str, registry: prometheus.CollectorRegistry, name: str, text: str, labels: Sequence[str], **options: Any
) -> Any:
    """Returns the prometheus_client family of that kind."""
    families = {"counter": prometheus.Counter, "gauge": prometheus.Gauge, "histogram": prometheus.Histogram}
    return families[kind](name, text, tuple(labels), registry=registry, **options)

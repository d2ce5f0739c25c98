"""Metrics of one process; the only place that knows prometheus_client."""

from __future__ import annotations

from headrace_services.kit.metrics.families import Counter, Gauge, Histogram
from headrace_services.kit.metrics.metrics import CONTENT_TYPE, Metrics

__all__ = ["CONTENT_TYPE", "Counter", "Gauge", "Histogram", "Metrics"]

"""The instance file: what an instance is configured to be."""

from __future__ import annotations

from headrace_services.kit.config.components import (
    LocalComputeLogs,
    NoComputeLogs,
    NotAvailable,
    PostgresStorage,
    ProcessLauncher,
    SqliteStorage,
)
from headrace_services.kit.config.instance import find_home, load_instance, load_instance_file, parse_instance
from headrace_services.kit.config.model import InstanceConfig
from headrace_services.kit.config.report import ReportLine, check_startable, resolve_report

__all__ = [
    "InstanceConfig",
    "LocalComputeLogs",
    "NoComputeLogs",
    "NotAvailable",
    "PostgresStorage",
    "ProcessLauncher",
    "ReportLine",
    "SqliteStorage",
    "check_startable",
    "find_home",
    "load_instance",
    "load_instance_file",
    "parse_instance",
    "resolve_report",
]

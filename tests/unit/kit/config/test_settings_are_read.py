"""No setting is taken as if it meant something when nothing reads it."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import headrace_services
from headrace.settings import Secret
from headrace_services.kit.config import model

PACKAGE = Path(headrace_services.__file__).parent
SECTIONS = (
    model.RunQueue,
    model.RunMonitoring,
    model.RunRetries,
    model.Pools,
    model.SchedulerConfig,
    model.Workers,
    model.AutoMaterialize,
    model.Freshness,
    model.CodeServers,
    model.Retention,
    model.PythonLogs,
    model.Leases,
    model.Auth,
)


def unread(settings: type, path: str, sources: str) -> list[str]:
    found: list[str] = []
    for field in fields(settings):
        default = field.default
        if is_dataclass(default) and not isinstance(default, Secret):
            found += unread(type(default), f"{path}.{field.name}", sources)
        elif not re.search(rf"\.{field.name}\b", sources):
            found.append(f"{path}.{field.name}")
    return found


def test_every_setting_that_is_taken_is_read_by_somebody() -> None:
    """What means nothing is named in `IGNORED`, with the reason, and told to whoever writes it."""
    files = [file for file in PACKAGE.rglob("*.py") if "kit/config" not in str(file)]
    sources = "\n".join(file.read_text() for file in (*files, PACKAGE / "kit/config/components.py"))
    assert [name for section in SECTIONS for name in unread(section, section.__name__, sources)] == []

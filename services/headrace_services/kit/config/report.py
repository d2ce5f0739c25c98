"""What an instance file comes to: for people before they start, and for the start itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from headrace.errors import InvalidConfigError
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace_codeloc.engines.known import ENGINES
from headrace_services.kit.config.components import (
    Custom,
    EngineLauncher,
    LocalComputeLogs,
    NotAvailable,
    PostgresStorage,
    SqliteStorage,
)
from headrace_services.kit.config.model import InstanceConfig

Verdict = Literal["used", "ignored", "not available", "missing", "wrong"]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What one entry comes to."""

    key: str
    verdict: Verdict
    text: str


def resolve_report(config: InstanceConfig) -> Sequence[ReportLine]:
    """Returns what each entry of the file resolves to, what is ignored and why, and what keeps it from starting.

    No secret is in it.
    """
    lines = [ReportLine(note.key, "used" if note.used else "ignored", note.text) for note in config.notes]
    return [*lines, *_obstacles(config), *_obstacles_of_one(config), *_obstacles_in_directories(config)]


def check_startable(config: InstanceConfig) -> None:
    """Refuses an instance that this version, or this environment, cannot run.

    Raises:
        InvalidConfigError: the message has a line for each reason.
    """
    obstacles = list(_obstacles(config))
    if obstacles:
        file = config.file or config.home
        raise InvalidConfigError("\n".join(f"{file}: {line.key}: {line.text}" for line in obstacles))


def _obstacles_of_one(config: InstanceConfig) -> Iterator[ReportLine]:
    """What keeps one service from starting here; the others do not need it, and can start all the same."""
    launchers = {"run_launcher": config.run_launcher}
    launchers |= {f"run_launchers.{each.name}": each.launcher for each in config.run_launchers}
    for part in (*launchers.values(), config.run_policy):
        if isinstance(part, Custom) and not _is_here(part.module):
            yield ReportLine(part.key, "missing", f"{part.named}: there is no module {part.module} in this environment")
    for key, launcher in launchers.items():
        if isinstance(launcher, EngineLauncher):
            yield from _obstacles_of_engine(key, launcher)
    logs = config.compute_logs
    if isinstance(logs, UploadedLogs) and not _is_here(logs.library):
        yield ReportLine(
            "compute_logs", "missing", f"{logs.library} is not in this environment: install headrace[{logs.extra}]"
        )


def _obstacles_in_directories(config: InstanceConfig) -> Iterator[ReportLine]:
    """What keeps directories from being used here; where they are missing, whoever needs them makes them."""
    directories = {"local_artifact_storage": config.artifacts}
    if isinstance(config.storage, SqliteStorage):
        directories["storage"] = config.storage.base_dir
    if isinstance(config.compute_logs, LocalComputeLogs):
        directories["compute_logs"] = config.compute_logs.base_dir
    for key, directory in directories.items():
        path = config.path(directory)
        nearest = next(each for each in (path, *path.parents) if each.exists())
        if not nearest.is_dir():
            yield ReportLine(key, "wrong", f"{path} cannot be a directory: {nearest} is a file")
        elif nearest == path and not os.access(path, os.W_OK | os.X_OK):
            yield ReportLine(key, "wrong", f"the directory {path} cannot be written to by this user")


def _obstacles_of_engine(key: str, launcher: EngineLauncher) -> Iterator[ReportLine]:
    engine = ENGINES[launcher.kind]
    if not _is_here(engine.vendor):
        yield ReportLine(
            key, "missing", f"{engine.vendor} is not in this environment: install headrace[{engine.extra}]"
        )
    try:
        engine.settings().of(launcher.config, key)
    except InvalidConfigError as error:
        yield ReportLine(key, "wrong", str(error).replace(f"{key}.", ""))


def _is_here(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _obstacles(config: InstanceConfig) -> Iterator[ReportLine]:
    parts = {
        "storage": config.storage,
        "run_launcher": config.run_launcher,
        **{f"run_launchers.{each.name}": each.launcher for each in config.run_launchers},
        "compute_logs": config.compute_logs,
    }
    for key, part in parts.items():
        if isinstance(part, NotAvailable):
            yield ReportLine(key, "not available", str(part))
    secrets = {"auth.token": config.auth.token}
    secrets |= {f"auth.callers.{name}.token": caller.token for name, caller in config.auth.callers.items()}
    if isinstance(config.compute_logs, UploadedLogs):
        secrets |= {f"compute_logs.{name}": secret for name, secret in config.compute_logs.secrets().items()}
    if isinstance(config.storage, PostgresStorage):
        secrets["storage.postgres_url"] = config.storage.postgres_url
        if config.storage.postgres_db is not None:
            secrets["storage.postgres_db.password"] = config.storage.postgres_db.password
    for key, secret in secrets.items():
        if secret.env and not secret.is_set:
            yield ReportLine(key, "missing", f"the environment variable {secret.env} is not set")

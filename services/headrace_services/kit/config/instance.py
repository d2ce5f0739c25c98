"""Reading the instance file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.errors import InvalidFileError
from headrace.rpc.tls import Tls
from headrace.settings.binding import Binder
from headrace.settings.document import Document, Steps, dotted, read_yaml
from headrace_services.kit.config import model
from headrace_services.kit.config.components import (
    Custom,
    NamedLauncher,
    NotAvailable,
    ProcessLauncher,
    Route,
    SqliteStorage,
    default_launcher_name,
)
from headrace_services.kit.config.model import InstanceConfig, Note
from headrace_services.kit.config.plugs import OLD_STORAGE_KEYS, Plugs
from headrace_services.kit.config.registry import CUSTOM
from headrace_services.kit.config.services import ServicesConfig

HOME_VARIABLE = "HEADRACE_HOME"
DEFAULT_HOME = ".headrace"
FILE_NAMES = ("headrace.yaml", "dagster.yaml")

_SECTIONS: dict[str, type] = {
    "run_monitoring": model.RunMonitoring,
    "run_retries": model.RunRetries,
    "schedules": model.Workers,
    "sensors": model.Workers,
    "backfills": model.Workers,
    "auto_materialize": model.AutoMaterialize,
    "freshness": model.Freshness,
    "code_servers": model.CodeServers,
    "retention": model.Retention,
    "python_logs": model.PythonLogs,
    "leases": model.Leases,
    "services": ServicesConfig,
    "tls": Tls,
    "auth": model.Auth,
}
_IGNORED = {
    "telemetry": "nothing is sent anywhere; metrics are served to whoever scrapes them",
    "nux": "there is nothing to turn off",
    "instance_class": "there is one kind of instance",
    "secrets": "a code location reads the environment that it runs in",
    "defs_state_storage": "definitions with state are not part of this version",
    "load_from": "code locations are the workspace's, read from the same file",
}
_PLUGGED = (
    "storage",
    *OLD_STORAGE_KEYS,
    "run_launcher",
    "run_launchers",
    "compute_logs",
    "scheduler",
    "local_artifact_storage",
)
_QUEUE = ("run_coordinator", "run_queue", "concurrency")
_KNOWN = (*_SECTIONS, *_IGNORED, *_PLUGGED, *_QUEUE)


def find_home(environ: Mapping[str, str] | None = None, *, create: bool = False) -> Path:
    """Returns the instance's directory: `HEADRACE_HOME`, or `.headrace` here.

    Raises:
        InvalidFileError: it is not there and must not be created, or cannot be.
    """
    named = (os.environ if environ is None else environ).get(HOME_VARIABLE, "")
    home = Path(named or DEFAULT_HOME).expanduser().absolute()
    if create:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidFileError(f"{home}: cannot be the instance's directory: {error.strerror}") from error
    if not home.is_dir():
        raise InvalidFileError(
            f"{home}: there is no such directory. Set {HOME_VARIABLE} to the instance's directory, or create this one"
        )
    return home


def load_instance(home: Path, environ: Mapping[str, str] | None = None) -> InstanceConfig:
    """Reads the instance file of a home; without one, everything is a default.

    Raises:
        InvalidFileError: the file cannot be read, or is wrong; the message names every place.
    """
    for name in FILE_NAMES:
        file = home / name
        if file.exists():
            return parse_instance(read_yaml(file), home, environ, file)
    return InstanceConfig(home)


def load_instance_file(file: Path) -> InstanceConfig:
    """Reads an instance file wherever it is; its directory stands for the home.

    Raises:
        InvalidFileError: the file cannot be read, or is wrong; the message names every place.
    """
    file = file.absolute()
    return parse_instance(read_yaml(file), file.parent, None, file)


def parse_instance(
    document: Document, home: Path, environ: Mapping[str, str] | None = None, file: Path | None = None
) -> InstanceConfig:
    """Makes an instance of a document.

    Raises:
        InvalidFileError: the document is wrong; the message names every place.
    """
    binder = Binder(document, environ)
    reader = _Reader(binder, binder.mapping(document.data, ()))
    config = reader.read(home, file)
    binder.finish()
    return config


class _Reader:
    def __init__(self, binder: Binder, data: Mapping[str, Any]) -> None:
        self._binder = binder
        self._data = data
        self._plugs = Plugs(binder, data)
        self._notes: list[Note] = []
        self._found: dict[str, Any] = {}

    def read(self, home: Path, file: Path | None) -> InstanceConfig:
        self._binder.known_keys(self._data, _KNOWN, ())
        self._read_storage()
        self._read_plug("run_launcher")
        self._read_launchers()
        self._read_plug("compute_logs")
        self._read_scheduler()
        self._read_queue()
        self._read_pools()
        for key, settings in _SECTIONS.items():
            self._read_section(key, settings)
        self._check_together()
        for key in _IGNORED.keys() & self._data.keys():
            self._note(key, _IGNORED[key], used=False)
        for steps, reason in self._binder.ignored.items():
            self._note(dotted(steps), reason, used=False)
        return InstanceConfig(home, file, notes=tuple(self._notes), **self._found)

    def _check_together(self) -> None:
        monitoring = self._found.get("run_monitoring", model.RunMonitoring())
        leases = self._found.get("leases", model.Leases())
        if monitoring.enabled and monitoring.start_timeout_seconds <= leases.unclaimed_seconds:
            self._binder.problem(
                ("run_monitoring", "start_timeout_seconds"),
                f"must be more than leases.unclaimed_seconds ({leases.unclaimed_seconds:g}), "
                "or a lost launch fails its run before it is ordered again",
            )

    def _note(self, key: str, text: str, *, used: bool = True) -> None:
        self._notes.append(Note(key, text, used))

    def _read_storage(self) -> None:
        artifacts = self._plugs.find("local_artifact_storage")
        if artifacts is not None:
            base_dir = self._binder.bind(SqliteStorage, artifacts.config, artifacts.steps).base_dir
            self._found["artifacts"] = base_dir
            self._note("local_artifact_storage", f"files below {base_dir}")
        loaded = self._plugs.load_storage()
        if loaded is None:
            return
        _, _, self._found["storage"] = loaded
        for key in ("storage", *OLD_STORAGE_KEYS):
            if key in self._data:
                self._note(key, str(self._found["storage"]))

    def _read_plug(self, key: str) -> None:
        loaded = self._plugs.load(key)
        if loaded is not None:
            plug, self._found[key] = loaded
            if not isinstance(self._found[key], NotAvailable):
                self._note(key, f"{plug.named} → {self._found[key]}")

    def _read_launchers(self) -> None:
        key = "run_launchers"
        named = []
        for name, entry in self._binder.mapping(self._data.get(key), (key,)).items():
            steps = (key, name)
            said = dict(self._binder.mapping(entry, steps))
            route = self._binder.bind(Route, said.pop("route", None), (*steps, "route"))
            loaded = self._plugs.load_at("run_launcher", said, steps)
            if name == default_launcher_name(self._found.get("run_launcher", ProcessLauncher())):
                self._binder.problem(steps, "is what run_launcher is called; call this one otherwise")
            elif loaded is not None:
                named.append(NamedLauncher(name, loaded[1], route))
                self._note(dotted(steps), f"{loaded[0].named} → {loaded[1]}")
        self._found[key] = tuple(named)

    def _read_scheduler(self) -> None:
        entry = self._data.get("scheduler")
        if isinstance(entry, dict) and "class" not in entry and "module" not in entry:
            self._read_section("scheduler", model.SchedulerConfig)
            return
        plug = self._plugs.find("scheduler")
        if plug is not None:
            self._found["scheduler"] = self._binder.bind(model.SchedulerConfig, plug.config, plug.steps)
            self._note("scheduler", f"{plug.named} → the scheduler service")

    def _read_queue(self) -> None:
        concurrency = self._binder.mapping(self._data.get("concurrency"), ("concurrency",))
        plug = self._plugs.find("run_coordinator")
        given: list[tuple[Any, Steps]] = []
        if plug is not None and plug.component.kind == CUSTOM:
            # It says who may go beside the limits, which are said elsewhere.
            module, _, name = plug.named.rpartition(".")
            policy = self._found["run_policy"] = Custom("run_coordinator", module, name, plug.config)
            self._note("run_coordinator", f"{plug.named} → {policy}: asked about each run that limits would let go")
        elif plug is not None:
            given.append(({**plug.config, "kind": plug.component.kind}, plug.steps))
        if "run_queue" in self._data:
            given.append((self._data["run_queue"], ("run_queue",)))
        if "runs" in concurrency:
            given.append((concurrency["runs"], ("concurrency", "runs")))
        for _, steps in given[1:]:
            first = dotted(given[0][1])
            self._binder.problem(steps, f"{first} says how runs are taken in already; keep one of the two")
        if not given:
            return
        value, steps = given[0]
        queue = self._found["run_queue"] = self._binder.bind(model.RunQueue, value, steps)
        limit = "no limit of runs" if queue.max_concurrent_runs < 0 else f"at most {queue.max_concurrent_runs} runs"
        tags = ", ".join(dict.fromkeys(each.key for each in queue.tag_concurrency_limits))
        limits = f"{limit}, fewer with the tags {tags}" if tags else limit
        how = f"queued, {limits}" if queue.kind == "queued" else "every run starts at once"
        self._note(str(steps[0]), f"{plug.named} → {how}" if plug and steps[0] == "run_coordinator" else how)

    def _read_pools(self) -> None:
        concurrency = self._binder.mapping(self._data.get("concurrency"), ("concurrency",))
        self._binder.known_keys(concurrency, ("pools", "runs", "default_op_concurrency_limit"), ("concurrency",))
        pools = dict(self._binder.mapping(concurrency.get("pools"), ("concurrency", "pools")))
        if "default_op_concurrency_limit" in concurrency:
            if "default_limit" in pools:
                self._binder.problem(
                    ("concurrency", "default_op_concurrency_limit"),
                    "concurrency.pools.default_limit says it already; keep one of the two",
                )
            pools.setdefault("default_limit", concurrency["default_op_concurrency_limit"])
        if pools:
            self._found["pools"] = self._binder.bind(model.Pools, pools, ("concurrency", "pools"))
            self._note("concurrency.pools", _values(self._found["pools"], pools))

    def _read_section(self, key: str, settings: type) -> None:
        if key not in self._data:
            return
        self._found[key] = self._binder.bind(settings, self._data[key], (key,))
        self._note(key, _values(self._found[key], self._binder.mapping(self._data[key], (key,))))


def _values(settings: Any, given: Mapping[str, Any]) -> str:
    named = {name: getattr(settings, name) for name in given if hasattr(settings, name)}
    return ", ".join(f"{name}={_shown(value)}" for name, value in named.items()) or "defaults"


def _shown(value: Any) -> str:
    """Returns a value with the words that its parts have for themselves, which hide what is secret."""
    return ", ".join(f"{name} ({each})" for name, each in value.items()) if isinstance(value, Mapping) else str(value)

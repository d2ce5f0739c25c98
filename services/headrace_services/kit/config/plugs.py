"""Reading the entries that name a component: by class path, by kind, or by the old keys of storage."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.settings.binding import Binder
from headrace.settings.document import Steps
from headrace_codeloc.engines.known import ENGINES
from headrace_services.kit.config.components import (
    Custom,
    EngineLauncher,
    LocalComputeLogs,
    NoComputeLogs,
    NotAvailable,
    PostgresStorage,
    ProcessLauncher,
    SqliteStorage,
)
from headrace_services.kit.config.registry import CUSTOM, Component, component, kinds

OLD_STORAGE_KEYS = ("run_storage", "event_log_storage", "schedule_storage")

_SETTINGS: dict[str, type] = {
    "process": ProcessLauncher,
    "sqlite": SqliteStorage,
    "postgres": PostgresStorage,
    "local": LocalComputeLogs,
    "none": NoComputeLogs,
}


@dataclass(frozen=True, slots=True)
class Plug:
    """One entry that names a component, and what it says about it."""

    component: Component
    named: str
    config: Mapping[str, Any]
    steps: Steps


class Plugs:
    """Reads such entries of one document."""

    def __init__(self, binder: Binder, data: Mapping[str, Any]) -> None:
        self._binder = binder
        self._data = data

    def find(self, key: str) -> Plug | None:
        """Returns what stands under a key; None if nothing does, or nothing right."""
        return self._find(key, self._data.get(key), (key,))

    def load(self, key: str) -> tuple[Plug, Any] | None:
        """Returns what stands under a key, and the component's settings."""
        return self._load(key, self.find(key))

    def load_at(self, slot: str, entry: Any, steps: Steps) -> tuple[Plug, Any] | None:
        """Returns what an entry somewhere else says that is written like the one of a key."""
        return self._load(slot, self._find(slot, entry, steps))

    def _find(self, slot: str, entry: Any, steps: Steps) -> Plug | None:
        if entry is None:
            return None
        if isinstance(entry, str):
            entry = {entry: {}}
        entry = self._binder.mapping(entry, steps)
        if set(entry) == {"custom"}:
            at = (*steps, "custom")
            return self._by_class(slot, self._binder.mapping(entry["custom"], at), at)
        if "module" in entry or "class" in entry:
            return self._by_class(slot, entry, steps)
        return self._by_kind(slot, entry, steps)

    def _load(self, key: str, plug: Plug | None) -> tuple[Plug, Any] | None:
        if plug is None:
            return None
        if plug.component.kind == CUSTOM:
            module, _, name = plug.named.rpartition(".")
            return plug, Custom(key, module, name, plug.config)
        if plug.component.slot == "run_launcher" and plug.component.kind in ENGINES:
            keys = ENGINES[plug.component.kind].settings().model_fields
            self._binder.known_keys(plug.config, keys, plug.steps)
            return plug, EngineLauncher(plug.component.kind, plug.named, plug.config)
        if plug.component.extra:
            self._binder.known_keys(plug.config, plug.component.keys, plug.steps)
            return plug, NotAvailable(plug.component.kind, plug.named, plug.component.extra, plug.config)
        return plug, self._binder.bind(_settings(plug.component), plug.config, plug.steps)

    def load_storage(self) -> tuple[str, Plug, Any] | None:
        """Returns the storage, whether one key names it or the three old ones do, which must agree."""
        found = [(key, *loaded) for key in ("storage", *OLD_STORAGE_KEYS) if (loaded := self.load(key))]
        if not found:
            return None
        first_key, _, first = found[0]
        for key, plug, storage in found[1:]:
            if first_key == "storage":
                self._binder.problem((key,), "give either storage or the three old keys, not both")
            elif storage != first:
                self._binder.problem(plug.steps, _disagreement(first_key, first, storage))
        return found[0]

    def _by_class(self, key: str, entry: Mapping[str, Any], steps: Steps) -> Plug | None:
        self._binder.known_keys(entry, ("module", "class", "config"), steps)
        module, name = entry.get("module"), entry.get("class")
        if not isinstance(module, str) or not isinstance(name, str):
            self._binder.problem(steps, "expected module and class, both text, and perhaps config")
            return None
        found = component(key, module, name)
        if isinstance(found, str):
            self._binder.problem((*steps, "class"), found)
            return None
        at = (*steps, "config")
        return Plug(found, f"{module}.{name}", self._binder.mapping(entry.get("config"), at), at)

    def _by_kind(self, slot: str, entry: Mapping[str, Any], steps: Steps) -> Plug | None:
        known = kinds(slot)
        self._binder.known_keys(entry, known, steps)
        if len(entry) != 1:
            options = ", ".join(sorted(known))
            self._binder.problem(steps, f"expected one of {options}, or module and class")
            return None
        ((kind, config),) = entry.items()
        if kind not in known:
            return None
        at = (*steps, kind)
        return Plug(known[kind], kind, self._binder.mapping(config, at), at)


def _settings(component: Component) -> type:
    if not component.settings:
        return _SETTINGS[component.kind]
    module, _, name = component.settings.partition(":")
    found: type = getattr(importlib.import_module(module), name)
    return found


def _disagreement(key: str, first: Any, other: Any) -> str:
    where = "Headrace keeps runs, events and ticks in one database"
    if type(first) is not type(other):
        return f"{where}, but this is not the kind of storage that {key} has"
    if isinstance(first, PostgresStorage) and first.postgres_db and other.postgres_db:
        first, other = first.postgres_db, other.postgres_db
    if dataclasses.is_dataclass(first) and not isinstance(first, type):
        differing = [f.name for f in dataclasses.fields(first) if getattr(first, f.name) != getattr(other, f.name)]
        return f"{where}, but this differs from {key} in {', '.join(differing)}"
    return f"{where}, but this differs from {key}"

"""The entries of `load_from`: what each may say, and the location that it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from headrace.settings.binding import Binder
from headrace.settings.document import Steps
from headrace.settings.fields import setting
from headrace.workspace.model import GrpcOrigin, Location, PythonOrigin

Kind = Literal["file", "module", "package"]

_LATER = {"autoload_defs_module": "name the module with python_module"}


@dataclass(frozen=True)
class PythonEntry:
    """What every entry that names Python code may say."""

    attribute: str = setting("", "The variable that holds the definitions; none where there is only one.")
    location_name: str = setting("", "The location's name; by default it is taken from what is loaded.")
    working_directory: Path | None = setting(None, "Where the code runs and imports from; by default beside this file.")
    executable_path: Path | None = setting(None, "The Python of the team's own environment.")
    dagster_compat: bool = setting(False, "Whether `import dagster` means Headrace there.")


@dataclass(frozen=True)
class FileEntry(PythonEntry):
    """`python_file`."""

    relative_path: str = setting("", "The file, relative to this one.")


@dataclass(frozen=True)
class ModuleEntry(PythonEntry):
    """`python_module`."""

    module_name: str = setting("", "The module's dotted name.")


@dataclass(frozen=True)
class PackageEntry(PythonEntry):
    """`python_package`."""

    package_name: str = setting("", "The package's dotted name.")


@dataclass(frozen=True)
class GrpcEntry:
    """`grpc_server`."""

    host: str = setting("localhost", "The machine.")
    port: int | None = setting(None, "The port.", least=1)
    socket: str = setting("", "The path of a Unix socket, instead of host and port.")
    location_name: str = setting("", "The location's name; by default the address.")
    ssl: bool = setting(False, "Whether the connection is encrypted.")
    additional_metadata: Mapping[str, Any] = setting({}, "Accepted and not used.")

    def check(self) -> Mapping[str, str]:
        """Returns what contradicts itself, by field."""
        if (self.port is None) == (not self.socket):
            return {"port": "give either port or socket"}
        return {}


_PYTHON: dict[str, tuple[Kind, type[PythonEntry], str]] = {
    "python_file": ("file", FileEntry, "relative_path"),
    "python_module": ("module", ModuleEntry, "module_name"),
    "python_package": ("package", PackageEntry, "package_name"),
}
_KINDS = (*_PYTHON, "grpc_server")


def read_entries(binder: Binder, entries: Any, steps: Steps, base: Path) -> tuple[Location, ...]:
    """Returns the locations of a `load_from`; relative paths start from `base`."""
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        binder.problem(steps, f"expected a list of entries, each one of {', '.join(_KINDS)}")
        return ()
    found = [_read_entry(binder, entry, (*steps, index), base) for index, entry in enumerate(entries)]
    _refuse_doubles(binder, steps, found)
    return tuple(location for location in found if location is not None)


def python_location(kind: Kind, target: str, entry: PythonEntry, base: Path) -> Location:
    """Returns the location of Python code, with every path made absolute."""
    target = str(base / Path(target).expanduser()) if kind == "file" else target
    name = Path(target).name if kind == "file" else target
    origin = PythonOrigin(
        kind,
        target,
        entry.attribute,
        base / (entry.working_directory or ""),
        None if entry.executable_path is None else _executable(base, entry.executable_path),
        entry.dagster_compat,
    )
    return Location(entry.location_name or (f"{name}:{entry.attribute}" if entry.attribute else name), origin)


def _executable(base: Path, path: Path) -> Path:
    # A bare name is looked up on the path by whoever starts it; anything else is a place.
    return path if len(path.parts) == 1 else base / path


def _read_entry(binder: Binder, entry: Any, steps: Steps, base: Path) -> Location | None:
    if not isinstance(entry, dict) or len(entry) != 1:
        binder.problem(steps, f"expected one of {', '.join(_KINDS)}")
        return None
    ((kind, value),) = entry.items()
    at = (*steps, kind)
    if kind in _PYTHON:
        return _read_python(binder, kind, value, at, base)
    if kind == "grpc_server":
        return _read_grpc(binder, value, at)
    if kind in _LATER:
        binder.problem(at, f"not available: {_LATER[kind]}")
        return None
    binder.known_keys(entry, _KINDS, steps)
    return None


def _read_python(binder: Binder, key: str, value: Any, steps: Steps, base: Path) -> Location | None:
    kind, settings, field = _PYTHON[key]
    entry = binder.bind(settings, {field: value} if isinstance(value, str) else value, steps)
    target = getattr(entry, field)
    if not target:
        binder.problem(steps, f"{field} is missing: what is to be loaded?")
        return None
    return python_location(kind, target, entry, base)


def _read_grpc(binder: Binder, value: Any, steps: Steps) -> Location | None:
    before = len(binder.problems)
    entry = binder.bind(GrpcEntry, value, steps)
    if len(binder.problems) > before:
        return None
    address = f"unix:{entry.socket}" if entry.socket else f"{entry.host}:{entry.port}"
    return Location(entry.location_name or address, GrpcOrigin(address, entry.ssl))


def _refuse_doubles(binder: Binder, steps: Steps, locations: Sequence[Location | None]) -> None:
    seen: set[str] = set()
    for index, location in enumerate(locations):
        if location is None:
            continue
        if location.name in seen:
            binder.problem((*steps, index), f"two locations are called {location.name}; give one a location_name")
        seen.add(location.name)

"""Finding the workspace: flags first, then a file that was named, then the files of the directory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from headrace.errors import InvalidFileError
from headrace.settings.binding import Binder
from headrace.settings.document import Document, read_text, read_yaml
from headrace.workspace.entries import PythonEntry, python_location, read_entries
from headrace.workspace.model import GrpcOrigin, Location, Workspace
from headrace.workspace.project import project_entries

FILE_NAMES = ("headrace.yaml", "workspace.yaml", "dagster.yaml")
_PYPROJECT = "pyproject.toml"
_PYPROJECT_TABLES = ("headrace", "dagster")


@dataclass(frozen=True)
class WorkspaceFlags:
    """What a command line says about code locations.

    Attributes:
        files: `-f`, Python files.
        modules: `-m`, modules.
        packages: `--package-name`, packages.
        attribute: `-a`, the variable that holds the definitions.
        working_directory: `-d`, where the code runs and imports from.
        workspaces: `-w`, workspace files.
        grpc: Addresses of servers that run already.
        location_name: The name of the only location.
        dagster_compat: Whether `import dagster` means Headrace in every location that Headrace starts.
    """

    files: Sequence[str] = ()
    modules: Sequence[str] = ()
    packages: Sequence[str] = ()
    attribute: str = ""
    working_directory: str = ""
    workspaces: Sequence[str] = ()
    grpc: Sequence[str] = ()
    location_name: str = ""
    dagster_compat: bool = False

    @property
    def name_code(self) -> bool:
        """Whether they name any location at all."""
        return bool(self.files or self.modules or self.packages or self.grpc)


def load_workspace(flags: WorkspaceFlags | None = None, directories: Sequence[Path] = ()) -> Workspace:
    """Returns the workspace that flags name, or that a file in one of the directories lists.

    Args:
        flags: What the command line says; files are not searched when it names code.
        directories: Where to look for files; by default the current directory.

    Raises:
        InvalidFileError: a file cannot be read or is wrong, or there is no location anywhere.
    """
    flags = flags or WorkspaceFlags()
    workspace = _find_workspace(flags, directories)
    return _with_dagster(workspace) if flags.dagster_compat else workspace


def _find_workspace(flags: WorkspaceFlags, directories: Sequence[Path]) -> Workspace:
    here = Path.cwd()
    if flags.name_code:
        return _from_flags(flags, here)
    if flags.workspaces:
        return _merged([read_workspace(here / name) for name in flags.workspaces])
    for directory in directories or (here,):
        found = _in_directory(directory)
        if found is not None:
            return found
    raise InvalidFileError(
        "no code location: name one with -f FILE or -m MODULE, or list them under load_from in headrace.yaml"
    )


def read_workspace(file: Path) -> Workspace:
    """Reads the locations that one file lists: YAML with `load_from`, or a pyproject.toml.

    Raises:
        InvalidFileError: it cannot be read, is wrong, or lists none.
    """
    found = _from_pyproject(file) if file.suffix == ".toml" else _from_yaml(file)
    if found is None:
        raise InvalidFileError(f"{file}: lists no code locations; write them under load_from")
    return found


def _with_dagster(workspace: Workspace) -> Workspace:
    return replace(workspace, locations=tuple(map(_answering_for_dagster, workspace.locations)))


def _answering_for_dagster(location: Location) -> Location:
    if isinstance(location.origin, GrpcOrigin):
        return location
    return replace(location, origin=replace(location.origin, dagster_compat=True))


def _in_directory(directory: Path) -> Workspace | None:
    for name in FILE_NAMES:
        file = directory / name
        if file.exists() and (found := _from_yaml(file)) is not None:
            return found
    pyproject = directory / _PYPROJECT
    return _from_pyproject(pyproject) if pyproject.exists() else None


def _from_yaml(file: Path) -> Workspace | None:
    document = read_yaml(file)
    binder = Binder(document)
    data = binder.mapping(document.data, ())
    if "load_from" not in data and not binder.problems:
        return None
    locations = read_entries(binder, data.get("load_from"), ("load_from",), file.absolute().parent)
    binder.finish()
    return Workspace(locations, file)


def _from_pyproject(file: Path) -> Workspace | None:
    tools = _toml(file).get("tool", {})
    for name in _PYPROJECT_TABLES:
        if name in tools:
            binder = Binder(Document(str(file), tools[name]))
            entries = _pyproject_entries(binder, tools[name])
            locations = read_entries(binder, entries, ("tool", name), file.absolute().parent)
            binder.finish()
            return Workspace(locations, file) if locations else None
    return _from_project(file, tools.get("dg", {}).get("project"))


def _from_project(file: Path, project: Any) -> Workspace | None:
    if not isinstance(project, dict):
        return None
    directory = file.absolute().parent
    binder = Binder(Document(str(file), project))
    locations = read_entries(binder, project_entries(project, directory), ("tool", "dg", "project"), directory)
    binder.finish()
    return Workspace(locations, file) if locations else None


def _pyproject_entries(binder: Binder, table: Any) -> list[dict[str, Any]]:
    """Returns what a table of pyproject.toml says in the words of `load_from`."""
    table = dict(binder.mapping(table, ()))
    entries: list[dict[str, Any]] = list(table.pop("load_from", []))
    entries += [{"python_module": module.get("name", "")} for module in table.pop("modules", [])]
    if "code_location_name" in table:
        table["location_name"] = table.pop("code_location_name")
    targets = {"python_file": "relative_path", "module_name": "module_name", "package_name": "package_name"}
    kinds = {"python_file": "python_file", "module_name": "python_module", "package_name": "python_package"}
    for key in targets.keys() & table.keys():
        target = table.pop(key)
        shared = {name: value for name, value in table.items() if name not in targets}
        entries.append({kinds[key]: {targets[key]: target, **shared}})
    return entries


def _toml(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]
    try:
        parsed: dict[str, Any] = tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError(f"{file}: not TOML: {error}") from error
    return parsed


def _from_flags(flags: WorkspaceFlags, here: Path) -> Workspace:
    entry = PythonEntry(flags.attribute, "", Path(flags.working_directory) if flags.working_directory else None)
    for name in flags.files:
        if not (here / Path(name).expanduser()).is_file():
            raise InvalidFileError(f"{name}: there is no such file (looked in {here})")
    locations = [python_location("file", name, entry, here) for name in flags.files]
    locations += [python_location("module", name, entry, here) for name in flags.modules]
    locations += [python_location("package", name, entry, here) for name in flags.packages]
    locations += [Location(address, GrpcOrigin(address)) for address in flags.grpc]
    if flags.location_name:
        if len(locations) > 1:
            raise InvalidFileError("a location name fits one location only; list several in a workspace file")
        locations = [replace(locations[0], name=flags.location_name)]
    return _merged([Workspace(tuple(locations))])


def _merged(workspaces: Sequence[Workspace]) -> Workspace:
    locations = tuple(location for workspace in workspaces for location in workspace.locations)
    names = [location.name for location in locations]
    for name in names:
        if names.count(name) > 1:
            raise InvalidFileError(f"two locations are called {name}; give one a location_name in a workspace file")
    return Workspace(locations, workspaces[0].file)

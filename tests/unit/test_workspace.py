"""Which code locations there are: from flags, from YAML, from pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from headrace.errors import InvalidFileError
from headrace.workspace import GrpcOrigin, Location, PythonOrigin, WorkspaceFlags, load_workspace, read_workspace


def write(directory: Path, name: str, text: str) -> Path:
    file = directory / name
    file.write_text(text)
    return file


def only(locations: tuple[Location, ...]) -> tuple[str, PythonOrigin]:
    (location,) = locations
    assert isinstance(location.origin, PythonOrigin)
    return location.name, location.origin


def test_every_form_of_entry_is_read(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "workspace.yaml",
        """
load_from:
  - python_file: a.py
  - python_file: {relative_path: sub/b.py, attribute: defs, working_directory: sub, executable_path: venv/bin/python}
  - python_module: team.defs
  - python_module: {module_name: team.defs, location_name: other, executable_path: python3.12}
  - python_package: {package_name: team}
  - grpc_server: {host: far, port: 4000, location_name: far, ssl: true}
  - grpc_server: {socket: /run/s}
""",
    )
    assert read_workspace(file).locations == (
        Location("a.py", PythonOrigin("file", str(tmp_path / "a.py"), "", tmp_path)),
        Location(
            "b.py:defs",
            PythonOrigin("file", str(tmp_path / "sub/b.py"), "defs", tmp_path / "sub", tmp_path / "venv/bin/python"),
        ),
        Location("team.defs", PythonOrigin("module", "team.defs", "", tmp_path)),
        Location("other", PythonOrigin("module", "team.defs", "", tmp_path, Path("python3.12"))),
        Location("team", PythonOrigin("package", "team", "", tmp_path)),
        Location("far", GrpcOrigin("far:4000", tls=True)),
        Location("unix:/run/s", GrpcOrigin("unix:/run/s")),
    )


def test_a_single_entry_needs_no_list(tmp_path: Path) -> None:
    assert only(read_workspace(write(tmp_path, "w.yaml", "load_from: {python_file: a.py}")).locations)[0] == "a.py"


@pytest.mark.parametrize(
    ("text", "name", "kind", "target", "attribute"),
    [
        ('[tool.dagster]\nmodule_name = "team.defs"\ncode_location_name = "team"', "team", "module", "team.defs", ""),
        ('[tool.headrace]\nmodule_name = "m"\nattribute = "defs"', "m:defs", "module", "m", "defs"),
        ('[tool.headrace]\npython_file = "/a/b.py"', "b.py", "file", "/a/b.py", ""),
        ('[tool.dagster]\nmodules = [{type = "module", name = "m"}]', "m", "module", "m", ""),
        ('[[tool.headrace.load_from]]\npython_package = "p"', "p", "package", "p", ""),
        ('[tool.dagster]\nmodule_name = "old"\n[tool.headrace]\nmodule_name = "new"', "new", "module", "new", ""),
    ],
)
def test_pyproject_names_a_location(
    tmp_path: Path, text: str, name: str, kind: str, target: str, attribute: str
) -> None:
    found, origin = only(read_workspace(write(tmp_path, "pyproject.toml", text)).locations)
    assert (found, origin.kind, origin.target, origin.attribute) == (name, kind, target, attribute)


def test_flags_go_before_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "workspace.yaml", "load_from: [{python_module: m}]")
    write(tmp_path, "f.py", "")
    name, origin = only(
        load_workspace(WorkspaceFlags(files=["f.py"], attribute="defs", working_directory="d")).locations
    )
    assert name == "f.py:defs"
    assert origin == PythonOrigin("file", str(tmp_path / "f.py"), "defs", tmp_path / "d")
    flags = WorkspaceFlags(modules=["a"], packages=["b"], grpc=["h:1"])
    assert [each.name for each in load_workspace(flags).locations] == ["a", "b", "h:1"]
    assert only(load_workspace(WorkspaceFlags(modules=["a"], location_name="x")).locations)[0] == "x"
    assert [each.name for each in load_workspace().locations] == ["m"]


def test_files_are_searched_in_their_order_and_skipped_when_they_list_none(tmp_path: Path) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    write(here, "headrace.yaml", "run_queue: {max_concurrent_runs: 1}")
    write(home, "headrace.yaml", "load_from: [{python_module: from_home}]")
    assert [each.name for each in load_workspace(directories=[here, home]).locations] == ["from_home"]
    write(here, "pyproject.toml", '[tool.headrace]\nmodule_name = "from_pyproject"')
    assert [each.name for each in load_workspace(directories=[here, home]).locations] == ["from_pyproject"]
    write(here, "workspace.yaml", "load_from: [{python_module: from_here}]")
    assert [each.name for each in load_workspace(directories=[here, home]).locations] == ["from_here"]


def test_several_workspace_files_are_one_workspace(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", "load_from: [{python_module: a}]")
    second = write(tmp_path, "b.yaml", "load_from: [{python_module: b}]")
    flags = WorkspaceFlags(workspaces=[str(first), str(second)])
    assert [each.name for each in load_workspace(flags).locations] == ["a", "b"]
    with pytest.raises(InvalidFileError, match="two locations are called a"):
        load_workspace(WorkspaceFlags(workspaces=[str(first), str(first)]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "load_from:\n- python_file: {relative_pat: x}",
            ":2:17: load_from[0].python_file.relative_pat: unknown key; did you",
        ),
        ("load_from:\n- python_file: {}", "relative_path is missing"),
        ("load_from:\n- grpc_server: {host: a}", "give either port or socket"),
        ("load_from:\n- grpc_server: {port: 1, socket: s}", "give either port or socket"),
        ("load_from:\n- foo: a", ":2:3: load_from[0].foo: unknown key; known here"),
        ("load_from:\n- autoload_defs_module: {module_name: a}", "not available: name the module with python_module"),
        (
            "load_from:\n- python_file: a/q.py\n- python_file: b/q.py",
            ":3:3: load_from[1]: two locations are called q.py",
        ),
        ("load_from: 3", "expected a list of entries"),
        ("load_from: [a]", "expected one of python_file"),
        ("other: 3", "lists no code locations"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidFileError) as caught:
        read_workspace(write(tmp_path, "w.yaml", text))
    assert message in str(caught.value)


def test_no_location_anywhere_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match="-f FILE or -m MODULE"):
        load_workspace(directories=[tmp_path])
    with pytest.raises(InvalidFileError, match=r"none\.py: there is no such file"):
        load_workspace(WorkspaceFlags(files=["none.py"]))
    with pytest.raises(InvalidFileError, match="fits one location only"):
        load_workspace(WorkspaceFlags(modules=["a", "b"], location_name="x"))
    with pytest.raises(InvalidFileError, match="not TOML"):
        read_workspace(write(tmp_path, "pyproject.toml", "tool = ["))


def test_reading_a_workspace_needs_no_services_and_no_grpc() -> None:
    code = (
        "import sys, headrace.workspace as w; w.load_workspace(w.WorkspaceFlags(modules=['m']));"
        "print([n for n in ('grpc', 'yaml', 'headrace_services', 'google.protobuf') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_scaffolded_project_is_one_location(tmp_path: Path) -> None:
    file = write(tmp_path, "pyproject.toml", '[tool.dg.project]\nroot_module = "shop"\n[project]\nname = "x"')
    assert only(read_workspace(file).locations) == (
        tmp_path.name,
        PythonOrigin("module", "shop.definitions", "", tmp_path),
    )
    (tmp_path / "src" / "shop").mkdir(parents=True)
    assert only(read_workspace(file).locations)[1].working_directory == tmp_path / "src"
    write(
        tmp_path,
        "pyproject.toml",
        '[tool.dg.project]\nroot_module = "shop"\ncode_location_target_module = "shop.defs"\ncode_location_name = "s"',
    )
    name, origin = only(read_workspace(file).locations)
    assert (name, origin.target) == ("s", "shop.defs")

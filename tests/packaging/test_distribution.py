"""What is in the distribution, and what a team gets that installs it without extras."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = {"headrace": "sdk", "headrace_codeloc": "codeloc", "headrace_services": "services"}
CONSOLE = "headrace_services/gateway/console/"

SEED_JOB = """
import headrace as dg

@dg.op
def one():
    return 1

@dg.op
def plus_one(number):
    return number + 1

@dg.job
def two():
    plus_one(one())

assert two.execute_in_process().output_for_node("plus_one") == 2
"""


def test_the_wheel_has_the_three_packages_whole(wheel_names: set[str]) -> None:
    for package, root in SOURCE_ROOTS.items():
        here = {path.relative_to(ROOT / root).as_posix() for path in (ROOT / root / package).rglob("*.py")}
        assert here <= wheel_names
        assert f"{package}/py.typed" in wheel_names


def test_the_wheel_has_nothing_else(wheel_names: set[str]) -> None:
    packages = {name.partition("/")[0] for name in wheel_names}
    assert {name for name in packages if not name.endswith(".dist-info")} == set(SOURCE_ROOTS)


def test_the_wheel_has_the_console_as_built_and_not_its_sources(wheel_names: set[str]) -> None:
    console = {name.removeprefix(CONSOLE) for name in wheel_names if name.startswith(CONSOLE)}
    assert {"dist/index.html", "dist/theme.js"} <= console, "the console is not built: run `make console`"
    assert any(name.startswith("dist/static/index-") and name.endswith(".js.br") for name in console)
    assert {name for name in console if not name.startswith("dist/")} == set()


def test_the_wheel_says_under_which_license_it_is(wheel_names: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)


def test_a_team_gets_no_database_and_no_server_library(team_python: Path) -> None:
    code = "import importlib.util as u; print([m for m in ('sqlalchemy', 'psycopg', 'uvicorn') if u.find_spec(m)])"
    answer = subprocess.run([team_python, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


def test_a_team_can_run_a_job(team_python: Path, tmp_path: Path) -> None:
    subprocess.run([team_python, "-c", SEED_JOB], check=True, cwd=tmp_path, timeout=60)


def test_a_team_that_starts_services_is_told_what_to_install(team_python: Path, tmp_path: Path) -> None:
    answer = subprocess.run(
        [team_python.parent / "headrace", "serve", "storage"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert answer.returncode != 0
    assert "headrace[services]" in answer.stdout + answer.stderr


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_a_team_has_the_command_line(team_python: Path, command: str) -> None:
    subprocess.run([team_python.parent / "headrace", command], check=True, capture_output=True, timeout=60)

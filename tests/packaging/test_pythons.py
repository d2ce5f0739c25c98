"""The distribution under the other Pythons that it is for, as far as this machine has them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rig.cli import call_cli
from rig.dev import NUMBERS
from rig.ports import free_ports
from rig.processes import Supervisor

OTHERS = [f"3.{minor}" for minor in (10, 12, 13) if sys.version_info[:2] != (3, minor)]

IMPORT_ALL = """
import importlib, pkgutil
import headrace, headrace_codeloc, headrace_services

# Programs do their work when they are imported.
programs = ("__main__", "env")
failures = []
for package in (headrace, headrace_codeloc, headrace_services):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name.rpartition(".")[2] in programs:
            continue
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            # What an extra would install is not here.
            if error.name.startswith("headrace"):
                failures.append(f"{module.name}: {error}")
        except BaseException as error:
            failures.append(f"{module.name}: {type(error).__name__}: {error}")
assert not failures, failures
"""


def interpreters(version: str) -> Iterator[Path]:
    """The places where a Python of a version may be: the search path, and where pyenv keeps them."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder) / f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from pyenv.glob(f"versions/{version}.*/bin/python{version}")


def find(version: str) -> Path:
    for path in interpreters(version):
        # A shim of pyenv is a program that may answer that it has none.
        if path.exists() and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return path
    pytest.skip(f"this machine has no Python {version}")


@pytest.fixture(scope="module", params=OTHERS)
def environment(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment of another Python, with the wheel and its services."""
    venv = tmp_path_factory.mktemp(f"python{request.param}") / "venv"
    uv = [sys.executable, "-m", "uv"]
    env = {**os.environ, "UV_SYSTEM_CERTS": "true"}
    subprocess.run([*uv, "venv", "-q", "--python", find(request.param), venv], check=True, env=env)
    install = [*uv, "pip", "install", "-q", "--python", venv / "bin/python", f"headrace[services] @ {wheel.as_uri()}"]
    subprocess.run(install, check=True, env=env)
    return venv / "bin"


def test_every_module_can_be_imported(environment: Path) -> None:
    done = subprocess.run([environment / "python", "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_seed_runs(environment: Path, supervisor: Supervisor, tmp_path: Path) -> None:
    grpc, web = free_ports(2)
    ports = ["--grpc-port", str(grpc), "--port", str(web)]
    dev = [environment / "headrace", "dev", "-f", NUMBERS, "--home", tmp_path / "home", *ports]
    supervisor.start("dev", dev).wait_for_output(r"^Ready after", timeout=60)
    for job in ("process_numbers", "process_numbers_asset"):
        answer = call_cli("job", "launch", job, "--json", env={"HEADRACE_TARGET": f"127.0.0.1:{grpc}"})
        assert answer.code == 0, answer.err

"""What is committed below headrace.api is what the contract says, and loads on the oldest runtime we promise."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path

from google.protobuf import descriptor_pool

from contract.api_rules import compile_contract

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / ".venv-protos/bin/python"


def test_generated_code_is_fresh() -> None:
    assert GENERATOR.exists(), "the pinned generators are not installed; run `make setup`"
    answer = subprocess.run(
        [GENERATOR, ROOT / "protos/generate", "--check"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


def test_every_file_of_the_contract_loads_under_its_own_name() -> None:
    for file in compile_contract(ROOT / "protos"):
        module = importlib.import_module(file.descriptor.name.removesuffix(".proto").replace("/", ".") + "_pb2")
        assert module.DESCRIPTOR.package == file.descriptor.package
        assert descriptor_pool.Default().FindFileByName(file.descriptor.name) is module.DESCRIPTOR


LOAD_EVERYTHING = """
import importlib, pkgutil, headrace.api
for found in pkgutil.walk_packages(headrace.api.__path__, "headrace.api."):
    importlib.import_module(found.name)
import google.protobuf, grpc
print(google.protobuf.__version__, grpc.__version__)
"""


def test_generated_code_loads_on_the_oldest_runtime_we_promise() -> None:
    """The generators' own environment holds exactly the floor of our dependencies."""
    promised = {name: pin_of(name) for name in ("protobuf", "grpcio")}
    answer = subprocess.run(
        [GENERATOR, "-c", LOAD_EVERYTHING],
        env={"PYTHONPATH": str(ROOT / "sdk")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == list(promised.values())


def pin_of(name: str) -> str:
    """The lowest version that pyproject.toml admits."""
    match = re.search(rf'"{name}>=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert match, f"{name} has no floor in pyproject.toml"
    return match[1]

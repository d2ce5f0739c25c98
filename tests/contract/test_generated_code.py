"""What is committed below headrace.api is what the contract says, and loads on the oldest runtime we promise."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("tool", ["grpcio-tools==1.66.2", "mypy-protobuf==3.6.0"])
def test_the_generators_stay_old_enough_for_every_team(tool: str) -> None:
    assert tool in (ROOT / "protos/requirements.txt").read_text().splitlines()

"""A code location in JavaScript that knows the contract from the .proto files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.processes import Supervisor

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "tests/contract/node"


@pytest.fixture
def node_location(supervisor: Supervisor) -> str:
    """The address of a running location with two assets, the job `double_numbers`, and a schedule every minute."""
    assert (SOURCES / "node_modules").is_dir(), "the Node packages are not installed; run `make setup`"
    process = supervisor.start("node-location", ["node", SOURCES / "location.js", ROOT / "protos"])
    port = process.wait_for_output(r"listening on (\d+)")[1]
    return f"127.0.0.1:{port}"

"""Code like that of the guides of Dagster's documentation runs unchanged under the import hook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OPEN = {
    "asset_dependencies": {"test_external_assets_are_loaded_and_not_made"},
    "asset_metadata": {"test_outputs_carry_metadata_and_data_versions"},
    "configuration": {"test_permissive_config_takes_more", "test_configured"},
    "external_assets": {"test_observations_carry_data_versions", "test_virtual_assets"},
    "jobs": {"test_execution_in_this_process"},
    "ops": {"test_events_of_an_op", "test_failure_and_retry"},
    "resources": {"test_resources_alone"},
    "sensors": {"test_an_asset_sensor"},
    "testing": {"test_ops_are_called", "test_assets_that_yield_are_called"},
}
"""Blocks that do not run yet, by guide."""


@pytest.mark.parametrize("guide", sorted(path.stem for path in (HERE / "guides").glob("*.py")))
def test_the_code_of_a_guide_runs(guide: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "headrace.compat.dagster", HERE / "run_guide.py", HERE / f"guides/{guide}.py"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    failed = set(json.loads(done.stdout.splitlines()[-1])["failed"])
    assert failed <= OPEN.get(guide, set()), done.stderr

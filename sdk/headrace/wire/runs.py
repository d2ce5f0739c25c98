"""Runs: from the message that a worker is given to what the engine executes."""

from __future__ import annotations

from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import InvalidArgumentError
from headrace.execute.spec import RunSpec
from headrace.wire.asset_keys import from_asset_key, from_check_key
from headrace.wire.payloads import from_json_payload
from headrace.wire.tags import from_tags


def to_run_spec(run: Run) -> RunSpec:
    """Reads what to execute.

    Raises:
        InvalidArgumentError: the run config is no JSON object.
    """
    run_config = from_json_payload(run.run_config, "run_config")
    if not isinstance(run_config, (dict, type(None))):
        raise InvalidArgumentError(violations={"run_config": f"expected an object, got {type(run_config).__name__}"})
    return RunSpec(
        run_id=run.run_id,
        job_name=run.job_name,
        run_config=run_config or {},
        tags=from_tags(run.tags),
        op_selection=list(run.op_selection) or None,
        asset_selection=[from_asset_key(key) for key in run.asset_selection] or None,
        step_keys=list(run.step_keys) or None,
        parent_run_id=run.parent_run_id or None,
        root_run_id=run.root_run_id or None,
        partition_key=run.partition_key or None,
        attempt=max(run.attempt, 1),
        asset_check_selection=[from_check_key(key) for key in run.check_selection] or None,
    )

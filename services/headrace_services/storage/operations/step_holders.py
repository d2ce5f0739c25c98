"""Who may speak for a step: the holder of its run, and the worker that has claimed its newest attempt."""

from __future__ import annotations

from headrace.api.storage.v1.step_store_service_pb2 import StepHolder
from headrace.errors import LeaseLostError
from headrace_services.storage.operations.checks import lease_lost, require, wrong
from headrace_services.storage.operations.reports import lost
from headrace_services.storage.store import runs, step_attempts
from headrace_services.storage.store.run_leases import Holder
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.schema import CANCELING, RUNNING
from headrace_services.storage.store.step_attempts import StepAttempt
from headrace_services.storage.store.transaction import Transaction


def check_step(step: StepHolder) -> None:
    """Makes sure that a step is named in full.

    Raises:
        InvalidArgumentError: a part is missing.
    """
    require(step, "run_id", "run_token", "step_key")
    if step.attempt < 1:
        raise wrong("step.attempt", "must be 1 or more")


def held_run(tx: Transaction, step: StepHolder) -> RunRecord:
    """Returns the run of a step, or of a holder.

    Raises:
        LeaseLostError: the holder does not hold it any more.
    """
    holder = Holder(step.run_id, step.epoch, step.run_token)
    run = runs.find(tx.connection, step.run_id)
    held = run is not None and run.state in (RUNNING, CANCELING) and (run.lease_until or 0) > tx.now
    if run is None or not held or (run.epoch, run.run_token) != (holder.epoch, holder.run_token):
        raise lost(run, holder)
    return run


def ordered(tx: Transaction, run: RunRecord, step: StepHolder) -> StepAttempt:
    """Returns the attempt that a step's worker speaks of.

    Raises:
        LeaseLostError: it was not ordered, or another one was since.
    """
    known = step_attempts.find(tx, run.number, step.step_key)
    if known is None or (known.epoch, known.attempt) != (step.epoch, step.attempt):
        raise step_lost(step, "it was not ordered, or another one took its place")
    return known


def step_lost(step: StepHolder, why: str) -> LeaseLostError:
    """Returns that an attempt of a step is nobody's business any more."""
    return lease_lost(step.run_id, f"attempt {step.attempt} of step {step.step_key!r}: {why}")

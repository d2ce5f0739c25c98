"""How a worker in an engine finds out what it is to do: in variables, because a command line can be read by everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from headrace.token_digest import token_digest

WORK = "HEADRACE_WORK_"
"""What the names of all these variables begin with; they are taken out of the environment before user code runs."""
FAILS_WITH_RUN = f"{WORK}FAILS_WITH_RUN"
"""The variable that has the process of a run fail when the run does."""
_LONGEST_STEP = 20


@dataclass(frozen=True, slots=True)
class Variables:
    """Variables of a worker.

    Attributes:
        open: Those that anybody may see.
        secret: Those that let their holder speak for the run.
    """

    open: Mapping[str, str]
    secret: Mapping[str, str]


def run_variables(run_id: str, launch_token: str, coordinator_address: str, job_name: str) -> Variables:
    """Returns the order to execute a run."""
    return Variables(
        {f"{WORK}RUN_ID": run_id, f"{WORK}COORDINATOR": coordinator_address, f"{WORK}JOB": job_name},
        {f"{WORK}LAUNCH_TOKEN": launch_token},
    )


def step_variables(
    run_id: str, epoch: int, run_token: str, coordinator_address: str, job_name: str, step_key: str, attempt: int
) -> Variables:
    """Returns the order to execute one attempt of a step."""
    return Variables(
        {
            f"{WORK}RUN_ID": run_id,
            f"{WORK}EPOCH": str(epoch),
            f"{WORK}COORDINATOR": coordinator_address,
            f"{WORK}JOB": job_name,
            f"{WORK}STEP_KEY": step_key,
            f"{WORK}ATTEMPT": str(attempt),
        },
        {f"{WORK}RUN_TOKEN": run_token},
    )


def deployment_of(coordinator_address: str) -> str:
    """Returns what tells the workloads of a deployment from those of others: all its processes agree on it."""
    return token_digest(coordinator_address)[:16]


def workload_name(run_id: str, run_attempt: int, step_key: str = "", attempt: int = 0) -> str:
    """Returns the name of a workload: a DNS label, the same whenever the same order is repeated."""
    if not step_key:
        return f"headrace-run-{run_id}-{run_attempt}"
    digest = blake2b(f"{run_id} {run_attempt} {step_key} {attempt}".encode(), digest_size=10).hexdigest()
    readable = re.sub(r"[^a-z0-9]+", "-", step_key.lower()).strip("-")[:_LONGEST_STEP].strip("-")
    return f"headrace-step-{readable or 'step'}-{digest}-{attempt}"

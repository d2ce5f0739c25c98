"""Assets with checks and hooks whose steps run in processes of their own."""

from __future__ import annotations

import os
from pathlib import Path

import headrace as dg
from headrace.definitions.jobs.job import JobDefinition


@dg.success_hook
def sign(context: dg.HookContext) -> None:
    """Leaves a file that says which process it ran in."""
    folder = Path(os.environ["HEADRACE_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{context.step_key}.signed").write_text(f"{os.getpid()} {context.op_output_values}", encoding="utf-8")


@dg.asset(code_version="1", hooks={sign})
def orders() -> int:
    """How many there are."""
    return 5


@dg.asset_check(asset=orders, blocking=True)
def enough(orders: int) -> dg.AssetCheckResult:
    """Fails."""
    return dg.AssetCheckResult(passed=orders > 9, metadata={"orders": orders})


@dg.asset(code_version="2")
def totals(orders: int) -> int:
    """Waits for the check."""
    return orders


@dg.asset(code_version="2", deps=[orders])
def copies() -> None:
    """Waits for it, too."""


DEFS = dg.Definitions(
    assets=[orders, totals, copies],
    asset_checks=[enough],
    jobs=[dg.define_asset_job("checked"), dg.define_asset_job("unchecked", dg.AssetSelection.all().without_checks())],
)


def find_job(name: str) -> JobDefinition:
    """The job of that name."""
    return DEFS.resolve_job(name)

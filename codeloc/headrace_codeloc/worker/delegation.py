"""Having the steps of a claimed run executed by an engine."""

from __future__ import annotations

from collections.abc import Callable

from headrace.api.worker.v1.worker_service_pb2 import ClaimRunResponse
from headrace.execute.runner import RunFrame, StepRunner
from headrace.execute.scheduling.executors import ExecutorSettings
from headrace.rpc.channel import open_channel
from headrace.rpc.retry import NO_RETRY
from headrace_codeloc.options import CodeSource
from headrace_codeloc.worker.delegated_steps import DelegatedSteps
from headrace_codeloc.worker.order import WorkerOrder
from headrace_codeloc.worker.step_board import StepBoard
from headrace_codeloc.worker.step_workloads import StepWorkloads


def open_delegated(
    frame: RunFrame,
    settings: ExecutorSettings,
    claim: ClaimRunResponse,
    order: WorkerOrder,
    source: CodeSource,
    abandon: Callable[[Exception], None],
) -> StepRunner:
    """Returns what runs the attempts of a run.

    Raises:
        InvalidConfigError: the engine cannot be had here.
    """
    workloads = StepWorkloads(claim, order, source, settings, frame.plan)
    engine = workloads.open_engine()
    channel = open_channel(order.coordinator_address, tls=order.tls.load(), retry=NO_RETRY)
    board = StepBoard(channel, order.coordinator_address, claim.run.run_id, claim.epoch, claim.run_token)
    return DelegatedSteps(frame, workloads, engine, board, abandon)

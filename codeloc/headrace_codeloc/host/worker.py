"""A child of the host, or a member of the pool, that becomes the worker of a run."""

from __future__ import annotations

from headrace.api.codeloc.v1.worker_host_service_pb2 import StartWorkerRequest
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.messages import Message
from headrace_codeloc.options import TlsFiles
from headrace_codeloc.worker.exit_codes import EXIT_DONE, EXIT_REFUSED
from headrace_codeloc.worker.order import WorkerOrder
from headrace_codeloc.worker.process import become_worker
from headrace_codeloc.worker.session import Session


def order_of(message: Message) -> WorkerOrder:
    """Reads the order that the front has sent."""
    request = StartWorkerRequest.FromString(message.body)
    return WorkerOrder(
        worker_id=request.request_id,
        run_id=request.run_id,
        launch_token=request.launch_token,
        coordinator_address=request.coordinator_address,
        job_name=request.job_name,
        claim_timeout=message.fields["claim_timeout"],
        log_path=message.fields["log_path"],
        forked=message.fields["forked"],
        tls=TlsFiles(**message.fields["tls"]),
    )


def work_off(order: WorkerOrder, location: LoadedLocation) -> int:
    """Executes a run in this process; returns the exit code."""
    code = become_worker("worker", order.what, Session(order, location).run, order.log_path)
    # Nobody starts such a worker again because it was refused, as an engine may.
    return EXIT_DONE if code == EXIT_REFUSED else code

"""ListWorkers: read the workers that live, as far as is known here."""

from __future__ import annotations

from headrace.api.launcher.v1.launcher_service_pb2 import ListWorkersRequest, ListWorkersResponse
from headrace_services.launcher.workers import Workers

_DEFAULT_PAGE, _LARGEST_PAGE = 50, 500


async def list_workers(request: ListWorkersRequest, workers: Workers) -> ListWorkersResponse:
    """Returns a page, oldest first; its token is the last worker of the page before."""
    size = min(max(request.page_size, 0) or _DEFAULT_PAGE, _LARGEST_PAGE)
    page, more = workers.after(request.page_token, size)
    return ListWorkersResponse(workers=page, next_page_token=page[-1].worker_id if more else "")

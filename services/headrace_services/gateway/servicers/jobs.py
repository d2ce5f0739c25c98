"""JobService: shows the jobs of all locations."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import job_service_pb2 as pb
from headrace.api.gateway.v1.job_service_pb2_grpc import JobServiceServicer
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.jobs import get_job, list_jobs


class JobServicer(JobServiceServicer):
    """Answers from the definitions that the coordinator last loaded."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def GetJob(self, request: pb.GetJobRequest, context: Any) -> pb.GetJobResponse:
        return await get_job(request, self._catalog)

    async def ListJobs(self, request: pb.ListJobsRequest, context: Any) -> pb.ListJobsResponse:
        return await list_jobs(request, self._catalog)

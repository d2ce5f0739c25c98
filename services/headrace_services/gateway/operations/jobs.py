"""GetJob and ListJobs."""

from __future__ import annotations

from headrace.api.gateway.v1 import job_service_pb2 as pb
from headrace.api.types.v1 import job_pb2
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.pages import page_of, size_of

_DEFAULT_SIZE, _LARGEST_SIZE = 100, 1000


async def get_job(request: pb.GetJobRequest, catalog: Catalog) -> pb.GetJobResponse:
    """Returns one job, with its graph and the schema of its configuration.

    Raises:
        LocationNotFoundError: there is no such location.
        TargetNotFoundError: no location has the job.
        InvalidArgumentError: several have it, and none is named.
    """
    location, definition = await catalog.find("job", request.job_name, request.location_name, lambda each: each.jobs)
    (definitions,) = await catalog.definitions(location)
    return pb.GetJobResponse(
        job=pb.JobRecord(location_name=location, definition=definition), resources=definitions.resources
    )


async def list_jobs(request: pb.ListJobsRequest, catalog: Catalog) -> pb.ListJobsResponse:
    """Returns a page of jobs by location and name."""
    found = {
        (location.name, job.name): job
        for location in await catalog.definitions(request.location_name)
        for job in location.jobs.values()
    }
    size = size_of(request.page_size, _DEFAULT_SIZE, _LARGEST_SIZE)
    page, token = page_of(sorted(found), ("jobs", request.location_name), size, request.page_token)
    jobs = [pb.JobRecord(location_name=key[0], definition=_outline(found[key[0], key[1]])) for key in page]
    return pb.ListJobsResponse(jobs=jobs, next_page_token=token)


def _outline(job: job_pb2.JobDefinition) -> job_pb2.JobDefinition:
    """What a list shows of a job: without what grows with the job."""
    return job_pb2.JobDefinition(
        name=job.name,
        description=job.description,
        tags=job.tags,
        metadata=job.metadata,
        implicit_asset_job=job.implicit_asset_job,
        executor=job.executor,
        config_required=job.config_required,
        partitions=job.partitions if job.HasField("partitions") else None,
        pools=job.pools,
        start_pools=job.start_pools,
    )

"""The calls about code locations."""

from __future__ import annotations

from headrace.api.gateway.v1 import job_service_pb2 as job_service
from headrace.api.gateway.v1 import location_service_pb2 as service
from headrace.client.call import Call, Listing, Stream
from headrace.client.locations import JobRecord, Location, read_job, read_location
from headrace.client.run_calls import new_request_id

_LOCATIONS = "/headrace.api.gateway.v1.LocationService/"


def list_locations() -> Listing[Location]:
    """Reads the locations, by name."""
    return Listing(
        f"{_LOCATIONS}ListLocations",
        service.ListLocationsRequest(),
        service.ListLocationsResponse,
        lambda page: [read_location(location) for location in page.locations],
    )


def reload_location(name: str) -> Call[Location]:
    """Has a location load its code anew."""
    request = service.ReloadLocationRequest(request_id=new_request_id(), location_name=name)
    return Call(
        f"{_LOCATIONS}ReloadLocation",
        request,
        service.ReloadLocationResponse,
        lambda answer: read_location(answer.location),
    )


def get_definitions(name: str) -> Stream:
    """Reads what a location defines."""
    request = service.GetDefinitionsRequest(location_name=name)
    return Stream(f"{_LOCATIONS}GetDefinitions", request, service.GetDefinitionsResponse)


def get_job(name: str, location_name: str) -> Call[JobRecord]:
    """Reads a job."""
    return Call(
        "/headrace.api.gateway.v1.JobService/GetJob",
        job_service.GetJobRequest(job_name=name, location_name=location_name),
        job_service.GetJobResponse,
        lambda answer: read_job(answer.job.definition, answer.job.location_name),
    )


def jobs_in(response: service.GetDefinitionsResponse, location_name: str) -> list[JobRecord]:
    """Returns the jobs in one part of a stream of definitions."""
    return [
        read_job(definition.job, location_name)
        for definition in response.part.batch.definitions
        if definition.WhichOneof("kind") == "job"
    ]

"""Code locations and their jobs as the client gives them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headrace.api.types.v1 import job_pb2, location_pb2
from headrace.client.failures import FailureDetail, failure_of
from headrace.client.plain import key_of, member_of, payload_of, seconds_of, tags_of, time_of


@dataclass(frozen=True, slots=True)
class Location:
    """A code location as the deployment sees it.

    Attributes:
        name: Its name.
        state: `loading`, `loaded`, `failed` or `unreachable`.
        failure: Why its code could not be loaded, with file and line where known.
        address: Where its server listens.
        definitions_digest: Digest of the definitions in use, empty if there are none yet.
        definition_count: How many jobs, assets, schedules and sensors it defines.
        load_time: When they were loaded.
        load_duration: How many seconds its code took to load.
        runtime: Language and version of its server.
        start_method: How its workers are started.
        start_method_reason: Why so.
    """

    name: str
    state: str
    failure: FailureDetail | None = None
    address: str = ""
    definitions_digest: str = ""
    definition_count: int = 0
    load_time: datetime | None = None
    load_duration: float | None = None
    runtime: str = ""
    start_method: str = ""
    start_method_reason: str = ""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job that a location defines.

    Attributes:
        name: Its name, unique in its location.
        location_name: Its location.
        description: What it does.
        tags: Tags that every run of it gets.
        ops: Names of its nodes in an order that respects their dependencies; empty for a job of all assets.
        asset_keys: The assets it materializes.
        executor: Name of its executor.
        config_required: Whether it cannot run without configuration.
        implicit: Whether it stands for all assets of the location.
        run_config: Its configuration where a run gives none; None if it has none, or its code makes one for each partition.
        presets: Configurations to begin with, by name.
    """

    name: str
    location_name: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    ops: tuple[str, ...] = ()
    asset_keys: tuple[str, ...] = ()
    executor: str = ""
    config_required: bool = False
    implicit: bool = False
    run_config: Mapping[str, Any] | None = None
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_location(location: location_pb2.Location) -> Location:
    """Returns a location of the contract as the client gives it out."""
    return Location(
        name=location.name,
        state=member_of(location, "state"),
        failure=failure_of(location),
        address=location.address,
        definitions_digest=location.definitions_digest,
        definition_count=location.definition_count,
        load_time=time_of(location, "load_time"),
        load_duration=seconds_of(location, "load_duration"),
        runtime=location.runtime,
        start_method=location.start_method,
        start_method_reason=location.start_method_reason,
    )


def read_job(job: job_pb2.JobDefinition, location_name: str) -> JobRecord:
    """Returns a job of the contract as the client gives it out."""
    return JobRecord(
        name=job.name,
        location_name=location_name,
        description=job.description,
        tags=tags_of(job.tags),
        ops=tuple(node.name for node in job.nodes),
        asset_keys=tuple(key_of(key) for key in job.asset_keys),
        executor=job.executor,
        config_required=job.config_required,
        implicit=job.implicit_asset_job,
        run_config=payload_of(job.default_run_config) if job.HasField("default_run_config") else None,
        presets={preset.name: payload_of(preset.run_config) for preset in job.presets},
    )

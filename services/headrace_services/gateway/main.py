"""Wires the gateway."""

from __future__ import annotations

from functools import partial

import grpc.aio

from headrace.api.gateway.v1 import (
    access_service_pb2,
    asset_service_pb2,
    backfill_service_pb2,
    deployment_service_pb2,
    event_service_pb2,
    job_service_pb2,
    location_service_pb2,
    partition_service_pb2,
    pool_service_pb2,
    run_service_pb2,
    schedule_service_pb2,
    sensor_service_pb2,
)
from headrace.api.gateway.v1.access_service_pb2_grpc import add_AccessServiceServicer_to_server
from headrace.api.gateway.v1.asset_service_pb2_grpc import add_AssetServiceServicer_to_server
from headrace.api.gateway.v1.backfill_service_pb2_grpc import add_BackfillServiceServicer_to_server
from headrace.api.gateway.v1.deployment_service_pb2_grpc import add_DeploymentServiceServicer_to_server
from headrace.api.gateway.v1.event_service_pb2_grpc import add_EventServiceServicer_to_server
from headrace.api.gateway.v1.job_service_pb2_grpc import add_JobServiceServicer_to_server
from headrace.api.gateway.v1.location_service_pb2_grpc import add_LocationServiceServicer_to_server
from headrace.api.gateway.v1.partition_service_pb2_grpc import add_PartitionServiceServicer_to_server
from headrace.api.gateway.v1.pool_service_pb2_grpc import add_PoolServiceServicer_to_server
from headrace.api.gateway.v1.run_service_pb2_grpc import add_RunServiceServicer_to_server
from headrace.api.gateway.v1.schedule_service_pb2_grpc import add_ScheduleServiceServicer_to_server
from headrace.api.gateway.v1.sensor_service_pb2_grpc import add_SensorServiceServicer_to_server
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.io.compute_log_manager import ComputeLogManager
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.compute_logs import ComputeLogs, LocalLogs, ManagedLogs
from headrace_services.gateway.connect import ConnectApplication
from headrace_services.gateway.console_site import ConsoleSite
from headrace_services.gateway.instance_view import InstanceView
from headrace_services.gateway.log_retention import INTERVAL_SECONDS, Forget, LogRetention, forget_folders
from headrace_services.gateway.operations.read_step_log import StepLogs
from headrace_services.gateway.reach import Reach
from headrace_services.gateway.servicers.access import AccessServicer
from headrace_services.gateway.servicers.assets import AssetServicer
from headrace_services.gateway.servicers.backfills import BackfillServicer
from headrace_services.gateway.servicers.deployment import DeploymentServicer
from headrace_services.gateway.servicers.events import EventServicer
from headrace_services.gateway.servicers.jobs import JobServicer
from headrace_services.gateway.servicers.locations import LocationServicer
from headrace_services.gateway.servicers.partitions import PartitionServicer
from headrace_services.gateway.servicers.pools import PoolServicer
from headrace_services.gateway.servicers.runs import RunServicer
from headrace_services.gateway.servicers.schedules import ScheduleServicer
from headrace_services.gateway.servicers.sensors import SensorServicer
from headrace_services.gateway.stubs import Backends
from headrace_services.kit.config import InstanceConfig, LocalComputeLogs
from headrace_services.kit.config.components import ComputeLogs as AnyComputeLogs
from headrace_services.kit.config.components import Custom
from headrace_services.kit.extend import load_custom
from headrace_services.kit.loops import Loop
from headrace_services.kit.service import Service, ServiceEnv

WEB_PREFIX = "/headrace.api.gateway.v1."
_FILES = (
    access_service_pb2,
    asset_service_pb2,
    backfill_service_pb2,
    deployment_service_pb2,
    event_service_pb2,
    job_service_pb2,
    location_service_pb2,
    partition_service_pb2,
    pool_service_pb2,
    run_service_pb2,
    schedule_service_pb2,
    sensor_service_pb2,
)


def build(env: ServiceEnv) -> Service:
    """Returns the gateway, not started."""
    backends = Backends(env.peers)
    catalog = Catalog(backends)
    instance = InstanceView(env.instance)
    logs = StepLogs(backends, _compute_logs(env.instance), env.clock)

    def add_servicers(server: grpc.aio.Server) -> None:
        add_RunServiceServicer_to_server(RunServicer(backends, logs, env.ids), server)
        add_AssetServiceServicer_to_server(AssetServicer(backends, catalog, env.ids), server)
        add_BackfillServiceServicer_to_server(BackfillServicer(backends, env.ids), server)
        add_EventServiceServicer_to_server(EventServicer(backends), server)
        add_ScheduleServiceServicer_to_server(ScheduleServicer(backends, catalog, env.clock, env.ids), server)
        add_SensorServiceServicer_to_server(SensorServicer(backends, catalog, env.ids), server)
        add_PoolServiceServicer_to_server(PoolServicer(backends, env.ids), server)
        add_PartitionServiceServicer_to_server(PartitionServicer(backends, catalog, env.ids), server)
        add_LocationServiceServicer_to_server(LocationServicer(backends, env.ids), server)
        add_JobServiceServicer_to_server(JobServicer(catalog), server)
        add_AccessServiceServicer_to_server(AccessServicer(backends), server)
        add_DeploymentServiceServicer_to_server(DeploymentServicer(backends, instance), server)

    connect = ConnectApplication(env.peers.anonymous(), [module.DESCRIPTOR for module in _FILES])
    healthy = partial(env.peers.serves, "storage")
    reach = Reach(backends, catalog)
    loops = _loops(env.instance)
    return Service(
        "gateway",
        add_servicers,
        loops,
        web={WEB_PREFIX: connect, "/": ConsoleSite()},
        healthy=healthy,
        guard=reach.check,
    )


def _loops(instance: InstanceConfig) -> tuple[Loop, ...]:
    logs, days = instance.compute_logs, instance.retention.compute_logs_days
    forget = _forget(instance, logs)
    if days < 0 or forget is None:
        return ()
    retention = LogRetention(forget, days)
    return (Loop("log retention", retention.tick, INTERVAL_SECONDS),)


def _forget(instance: InstanceConfig, logs: AnyComputeLogs) -> Forget | None:
    if isinstance(logs, UploadedLogs):
        return logs.forget
    return partial(forget_folders, instance.path(logs.base_dir)) if isinstance(logs, LocalComputeLogs) else None


def _compute_logs(instance: InstanceConfig) -> ComputeLogs | None:
    logs = instance.compute_logs
    if isinstance(logs, Custom):
        return ManagedLogs(load_custom(logs, ComputeLogManager))  # type: ignore[type-abstract]
    if isinstance(logs, UploadedLogs):
        return ManagedLogs(logs)
    return LocalLogs(instance.path(logs.base_dir)) if isinstance(logs, LocalComputeLogs) else None

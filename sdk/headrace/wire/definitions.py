"""Everything that a location defines, in the order of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.definitions.definitions import Definitions
from headrace.wire.assets import to_asset, to_asset_check
from headrace.wire.automation import to_schedule, to_sensor
from headrace.wire.jobs import to_job, to_resource


def to_definitions(definitions: Definitions) -> Iterator[Definition]:
    """Writes every definition, sorted by kind and then by name.

    Raises:
        HeadraceError: definitions do not fit together.
    """
    for name in sorted(definitions.resolve_job_names()):
        yield Definition(job=to_job(definitions.resolve_job(name)))
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.keys):
        yield Definition(asset=to_asset(key, graph.assets_def_for(key)))
    for schedule in sorted(definitions.resolve_schedules(), key=lambda each: each.name):
        yield Definition(schedule=to_schedule(schedule))
    for sensor in sorted(definitions.resolve_sensors(), key=lambda each: each.name):
        yield Definition(sensor=to_sensor(sensor))
    for resource_key, resource in sorted(definitions.resource_defs.items()):
        yield Definition(resource=to_resource(resource_key, resource))
    for check in sorted(graph.check_keys):
        yield Definition(asset_check=to_asset_check(check, graph.checks_def_for(check)))

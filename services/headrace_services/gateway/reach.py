"""Which locations a call would change something in, for callers who may do so in some locations only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from headrace.api.storage.v1 import backfill_store_service_pb2, run_store_service_pb2
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.errors import PermissionDeniedError
from headrace.rpc.scope import current_caller
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.schedules import find_schedule
from headrace_services.gateway.operations.sensors import find_sensor
from headrace_services.gateway.stubs import Backends


class Reach:
    """Keeps callers within their locations. What belongs to no location is for those who may go everywhere."""

    def __init__(self, backends: Backends, catalog: Catalog) -> None:
        self._backends = backends
        self._catalog = catalog

    async def check(self, request: Any) -> None:
        """Lets a call that changes something through.

        Raises:
            PermissionDeniedError: it reaches beyond the caller's locations.
        """
        caller = current_caller()
        if not caller.locations:
            return
        places = await self._places(request)
        if not places or not caller.locations.issuperset(places):
            where = f"location {', '.join(sorted(places))}" if places else "what belongs to no one location"
            raise PermissionDeniedError(
                f"{caller.name} may change something in {', '.join(sorted(caller.locations))} only, and not in {where}: "
                f"{caller.granted_by} of the instance file says so"
            )

    async def _places(self, request: Any) -> Collection[str]:
        """Returns the locations that a request is about; none where it is about no single ones."""
        fields = request.DESCRIPTOR.fields_by_name
        if "run_id" in fields:
            run = await self._backends.runs.GetRun(run_store_service_pb2.GetRunRequest(run_id=request.run_id))
            return {run.run.location_name}
        if "backfill_id" in fields:
            asked = backfill_store_service_pb2.GetBackfillRequest(backfill_id=request.backfill_id)
            return {(await self._backends.backfills.GetBackfill(asked)).backfill.location_name}
        if "schedule_name" in fields:
            return {(await find_schedule(self._catalog, request.schedule_name, request.location_name))[0]}
        if "sensor_name" in fields:
            return {(await find_sensor(self._catalog, request.sensor_name, request.location_name))[0]}
        if "location_name" in fields and request.location_name:
            return {request.location_name}
        if "job_name" in fields and request.job_name:
            return {(await self._catalog.find("job", request.job_name, "", lambda each: each.jobs))[0]}
        return await self._places_of_assets(_assets(request))

    async def _places_of_assets(self, keys: Iterable[AssetKey]) -> Collection[str]:
        wanted = {tuple(key.path) for key in keys}
        defined = {each.name: wanted & each.assets.keys() for each in await self._catalog.definitions()}
        # An asset that no location defines belongs to nobody in particular.
        return {name for name, here in defined.items() if here} if wanted == set().union(*defined.values()) else ()


def _assets(request: Any) -> Iterable[AssetKey]:
    """Yields the assets that a request names, in events too."""
    fields = request.DESCRIPTOR.fields_by_name
    if "asset_key" in fields:
        return [request.asset_key]
    if "asset_selection" in fields:
        return list(request.asset_selection)
    events = request.events if "events" in fields else ()
    details: list[Any] = [getattr(event, event.WhichOneof("detail") or "", None) for event in events]
    return [detail.asset_key for detail in details if hasattr(detail, "asset_key")]

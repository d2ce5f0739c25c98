"""What the asynchronous client knows beside runs, by noun."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from headrace.client import (
    access_calls,
    asset_calls,
    backfill_calls,
    location_calls,
    partition_calls,
    pool_calls,
    schedule_calls,
    sensor_calls,
)
from headrace.client.access import AuditEntry, Caller
from headrace.client.aio_connection import AioConnection
from headrace.client.asset_histories import AssetEvent, AssetPartitions
from headrace.client.assets import AssetRecord
from headrace.client.automation import Evaluation, Schedule, Sensor, Tick
from headrace.client.backfills import Backfill, BackfillState
from headrace.client.events import RunEvent
from headrace.client.locations import JobRecord, Location
from headrace.client.pools import Pool

_STREAM_SECONDS = 60.0


class AioGroup:
    """Calls about one noun."""

    def __init__(self, connection: AioConnection) -> None:
        self._connection = connection


class AioAssets(AioGroup):
    """Assets and their materializations."""

    async def get(self, key: object) -> AssetRecord:
        """Returns one asset, by its key `a/b` or `AssetKey`."""
        return await self._connection.send(asset_calls.get_asset(key))

    async def list(
        self,
        *,
        group_name: str = "",
        location_name: str = "",
        prefix: object | None = None,
        limit: int | None = None,
    ) -> builtins.list[AssetRecord]:
        """Returns assets by key; all that is given must hold."""
        listing = asset_calls.list_assets(group_name=group_name, location_name=location_name, prefix=prefix)
        return await self._connection.collect(listing, limit)

    async def materializations(
        self, key: object, *, partition_key: str = "", limit: int | None = 50
    ) -> builtins.list[RunEvent]:
        """Returns an asset's materializations, newest first."""
        return await self._connection.collect(
            asset_calls.list_materializations(key, partition_key=partition_key), limit
        )

    async def events(
        self,
        key: object,
        *,
        kinds: Iterable[str] = (),
        partition_keys: Iterable[str] = (),
        ascending: bool = False,
        limit: int | None = 50,
    ) -> builtins.list[AssetEvent]:
        """Returns an asset's history, newest first unless asked otherwise.

        Args:
            key: The asset.
            kinds: Of `asset_materialized`, `asset_observed` and `asset_check_evaluated`; all if empty.
            partition_keys: About any of these partitions.
            ascending: Oldest first.
            limit: At most this many; None for all.
        """
        listing = asset_calls.list_asset_events(key, kinds=kinds, partition_keys=partition_keys, ascending=ascending)
        return await self._connection.collect(listing, limit)

    async def partitions(self, key: object) -> AssetPartitions:
        """Returns which partitions of an asset were made, are being made, or failed."""
        return await self._connection.send(asset_calls.get_asset_partitions(key))

    async def wipe(self, key: object, *, partition_keys: Iterable[str] = ()) -> None:
        """Forgets what was recorded of an asset, or of some of its partitions; what was stored stays."""
        await self._connection.send(asset_calls.wipe_asset(key, partition_keys=partition_keys))


class AioPartitions(AioGroup):
    """Keys of dynamic partitions."""

    async def list(self, name: str, *, limit: int | None = None) -> builtins.list[str]:
        """Returns the keys of a set, in the order in which they were added."""
        return await self._connection.collect(partition_calls.list_dynamic_partitions(name), limit)

    async def has(self, name: str, key: str) -> bool:
        """Tells whether a set has a key."""
        return bool(await self._connection.collect(partition_calls.list_dynamic_partitions(name, among=[key]), 1))

    async def add(self, name: str, keys: Iterable[str]) -> None:
        """Adds keys to a set; those it has stay where they are."""
        await self._connection.send(partition_calls.change_dynamic_partitions(name, added=keys))

    async def delete(self, name: str, keys: Iterable[str]) -> None:
        """Takes keys out of a set; what was recorded of the partitions stays."""
        await self._connection.send(partition_calls.change_dynamic_partitions(name, deleted=keys))


class AioBackfills(AioGroup):
    """Backfills: many partitions of jobs and assets."""

    async def create(
        self,
        *,
        job_name: str = "",
        assets: Iterable[object] = (),
        whole: bool = False,
        ranges: Sequence[tuple[str, str]] = (),
        partition_keys: Iterable[str] = (),
        location_name: str = "",
        tags: Mapping[str, str] | None = None,
        title: str = "",
        request_id: str | None = None,
    ) -> Backfill:
        """Begins to make partitions of a job, or of assets.

        Args:
            job_name: The job; or else `assets`.
            assets: Keys of assets, `a/b` or `AssetKey`. What is made from others of them is made when these are there.
            whole: All partitions that there are now.
            ranges: All from a first key to a last, both included.
            partition_keys: Single keys. All three are of the job, or of those assets that are made from no other of them.
            location_name: Needed where several locations have the job or the assets.
            tags: Tags of its runs.
            title: For people.
            request_id: Makes repeats harmless.
        """
        return await self._connection.send(
            backfill_calls.create_backfill(
                job_name=job_name,
                assets=assets,
                whole=whole,
                ranges=ranges,
                partition_keys=partition_keys,
                location_name=location_name,
                tags=tags,
                title=title,
                request_id=request_id,
            )
        )

    async def get(self, backfill_id: str) -> Backfill:
        """Returns one backfill."""
        return await self._connection.send(backfill_calls.get_backfill(backfill_id))

    async def list(
        self, *, states: Iterable[BackfillState | str] = (), limit: int | None = None
    ) -> builtins.list[Backfill]:
        """Returns backfills, newest first."""
        return await self._connection.collect(backfill_calls.list_backfills(states), limit)

    async def cancel(self, backfill_id: str) -> Backfill:
        """Asks for the end of a backfill and of its runs."""
        return await self._connection.send(backfill_calls.cancel_backfill(backfill_id))

    async def retry(self, backfill_id: str) -> Backfill:
        """Begins a new backfill of what one that is over has not made."""
        return await self._connection.send(backfill_calls.retry_backfill(backfill_id))


class AioSchedules(AioGroup):
    """Schedules and their ticks; `location_name` may be left out where one location alone has the name."""

    async def get(self, name: str, *, location_name: str = "") -> Schedule:
        """Returns one schedule."""
        return await self._connection.send(schedule_calls.get_schedule(name, location_name))

    async def list(self, *, location_name: str = "", limit: int | None = None) -> builtins.list[Schedule]:
        """Returns schedules by location and name."""
        return await self._connection.collect(schedule_calls.list_schedules(location_name), limit)

    async def start(self, name: str, *, location_name: str = "") -> Schedule:
        """Switches a schedule on; what was due while it was off does not count."""
        return await self._connection.send(schedule_calls.start_schedule(name, location_name))

    async def stop(self, name: str, *, location_name: str = "") -> Schedule:
        """Switches a schedule off; runs it made go on."""
        return await self._connection.send(schedule_calls.stop_schedule(name, location_name))

    async def ticks(self, name: str, *, location_name: str = "", limit: int | None = 50) -> builtins.list[Tick]:
        """Returns a schedule's ticks, newest first."""
        return await self._connection.collect(schedule_calls.list_schedule_ticks(name, location_name), limit)

    async def preview(
        self, name: str, *, location_name: str = "", after: datetime | None = None, count: int = 10
    ) -> builtins.list[datetime]:
        """Returns the next moments at which a schedule is due."""
        return await self._connection.send(schedule_calls.preview_schedule(name, location_name, after, count))

    async def trigger(
        self, name: str, *, location_name: str = "", due_time: datetime | None = None, dry_run: bool = False
    ) -> Evaluation:
        """Evaluates a schedule as if it were due; a dry run commits nothing."""
        return await self._connection.send(schedule_calls.trigger_schedule(name, location_name, due_time, dry_run))


class AioSensors(AioGroup):
    """Sensors and their ticks; `location_name` may be left out where one location alone has the name."""

    async def get(self, name: str, *, location_name: str = "") -> Sensor:
        """Returns one sensor."""
        return await self._connection.send(sensor_calls.get_sensor(name, location_name))

    async def list(self, *, location_name: str = "", limit: int | None = None) -> builtins.list[Sensor]:
        """Returns sensors by location and name."""
        return await self._connection.collect(sensor_calls.list_sensors(location_name), limit)

    async def start(self, name: str, *, location_name: str = "") -> Sensor:
        """Switches a sensor on."""
        return await self._connection.send(sensor_calls.start_sensor(name, location_name))

    async def stop(self, name: str, *, location_name: str = "") -> Sensor:
        """Switches a sensor off; runs it made go on."""
        return await self._connection.send(sensor_calls.stop_sensor(name, location_name))

    async def ticks(self, name: str, *, location_name: str = "", limit: int | None = 50) -> builtins.list[Tick]:
        """Returns a sensor's ticks, newest first."""
        return await self._connection.collect(sensor_calls.list_sensor_ticks(name, location_name), limit)

    async def trigger(
        self, name: str, *, location_name: str = "", dry_run: bool = False, cursor: str | None = None
    ) -> Evaluation:
        """Evaluates a sensor as if it were due; a dry run commits nothing and may try another cursor."""
        return await self._connection.send(sensor_calls.trigger_sensor(name, location_name, dry_run, cursor))

    async def set_cursor(self, name: str, cursor: str, *, location_name: str = "") -> Sensor:
        """Gives a sensor another cursor; an empty one makes it begin again."""
        return await self._connection.send(sensor_calls.set_sensor_cursor(name, location_name, cursor))


class AioLocations(AioGroup):
    """Code locations."""

    async def list(self, *, limit: int | None = None) -> builtins.list[Location]:
        """Returns the locations by name."""
        return await self._connection.collect(location_calls.list_locations(), limit)

    async def reload(self, name: str) -> Location:
        """Has a location load its code anew; `failure` is set, and the old code stays in use, if it does not load."""
        return await self._connection.send(location_calls.reload_location(name))


class AioPools(AioGroup):
    """Pools: how many steps of all runs are executed at once."""

    async def list(self, *, limit: int | None = None) -> builtins.list[Pool]:
        """Returns the pools that have a limit of their own, or steps, by name."""
        return await self._connection.collect(pool_calls.list_pools(), limit)

    async def get(self, name: str) -> Pool:
        """Returns a pool with the steps that hold its slots and those that wait."""
        return await self._connection.send(pool_calls.get_pool(name))

    async def set_limit(self, name: str, limit: int | None) -> Pool:
        """Gives a pool another number of slots; None for what the instance file says."""
        return await self._connection.send(pool_calls.set_pool_limit(name, limit))


class AioAccess(AioGroup):
    """Who may do what, and who did."""

    async def caller(self) -> Caller:
        """Returns who the client's token says that it is."""
        return await self._connection.send(access_calls.get_caller())

    async def audit(self, *, caller_name: str | None = None, limit: int | None = 100) -> builtins.list[AuditEntry]:
        """Returns the calls that changed something or were refused, newest first; of one caller if one is named.

        Raises:
            PermissionDeniedError: the role of who asks is less than `admin`.
        """
        return await self._connection.collect(access_calls.list_audit_entries(caller_name), limit)


class AioJobs(AioGroup):
    """Jobs of all locations."""

    async def list(self, *, location_name: str = "") -> builtins.list[JobRecord]:
        """Returns the jobs of the locations that are loaded, of one location if it is named."""
        names = [location_name] if location_name else await self._loaded_locations()
        return [
            job
            for name in names
            async for response in self._connection.open(location_calls.get_definitions(name), _STREAM_SECONDS)
            for job in location_calls.jobs_in(response, name)
        ]

    async def get(self, name: str, *, location_name: str = "") -> JobRecord:
        """Returns a job, also while its location is down."""
        return await self._connection.send(location_calls.get_job(name, location_name))

    async def _loaded_locations(self) -> builtins.list[str]:
        locations = await self._connection.collect(location_calls.list_locations(), None)
        return [location.name for location in locations if location.definitions_digest]

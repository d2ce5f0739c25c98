"""The asynchronous client: the synchronous one with `await`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

from headrace.client import run_calls
from headrace.client.aio_connection import AioConnection
from headrace.client.aio_groups import (
    AioAccess,
    AioAssets,
    AioBackfills,
    AioJobs,
    AioLocations,
    AioPartitions,
    AioPools,
    AioSchedules,
    AioSensors,
)
from headrace.client.events import RunEvent
from headrace.client.explanations import RunExplanation
from headrace.client.runs import Run
from headrace.client.target import resolve_target, resolve_token
from headrace.client.watches import PATIENCE_SECONDS, EventWatch, LogWatch, RunWatch
from headrace.rpc.policy import Token
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.tls import Tls
from headrace.run_state import RunState


class AsyncClient:
    """Talks to a running Headrace from one event loop.

        async with headrace.AsyncClient() as client:
            run = await client.submit_job("process_numbers")
            run = await client.wait(run.run_id)
            assert run.succeeded

    Calls that are safe to repeat are repeated for a while when the gateway does not answer; what is still wrong then is
    raised as an exception of `headrace.errors`.

    Attributes:
        jobs: Jobs of all locations.
        assets: Assets and their materializations.
        partitions: Keys of dynamic partitions.
        schedules: Schedules and their ticks.
        sensors: Sensors and their ticks.
        locations: Code locations.
        backfills: Many partitions at once.
        pools: Pools and their limits.
        access: Who may do what, and who did.

    Args:
        target: The gateway's address; by default what `HEADRACE_TARGET` names, else `127.0.0.1:4270`.
        token: Who calls, where the deployment asks for it, by default what `HEADRACE_TOKEN` holds; a function is asked
            anew for each call.
        tls: Certificates; without them only this machine may be called.
        patience: Seconds for which a watch goes on without any answer before it is given up.
        retry: How calls that are safe to repeat are repeated; by default for 30 seconds.
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        token: Token | None = None,
        tls: Tls | None = None,
        patience: float = PATIENCE_SECONDS,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._connection = AioConnection(resolve_target(target), token=resolve_token(token), tls=tls, retry=retry)
        self._patience = patience
        self.jobs = AioJobs(self._connection)
        self.assets = AioAssets(self._connection)
        self.partitions = AioPartitions(self._connection)
        self.schedules = AioSchedules(self._connection)
        self.sensors = AioSensors(self._connection)
        self.locations = AioLocations(self._connection)
        self.backfills = AioBackfills(self._connection)
        self.pools = AioPools(self._connection)
        self.access = AioAccess(self._connection)

    @property
    def target(self) -> str:
        """The gateway's address."""
        return self._connection.target

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection."""
        await self._connection.close()

    async def submit_job(
        self,
        job_name: str,
        *,
        location_name: str = "",
        run_config: Mapping[str, Any] | None = None,
        tags: Mapping[str, object] | None = None,
        op_selection: Iterable[str] = (),
        asset_selection: Iterable[object] = (),
        partition_key: str = "",
        step_keys: Iterable[str] = (),
        request_id: str | None = None,
    ) -> Run:
        """Queues a run of a job; once this returns, the run reaches an end, whatever processes die.

        Args:
            job_name: The job.
            location_name: Its location; may be left out where one location alone has the job.
            run_config: Its configuration.
            tags: Tags, added to those of the job.
            op_selection: The ops to execute, as expressions such as `*my_op+`; all if empty.
            asset_selection: The assets to materialize, of those the job has; all if empty.
            partition_key: The partition.
            step_keys: The steps to execute, of those that the selections leave; all of them if empty.
            request_id: Two submissions with the same UUID make one run.
        """
        return await self._connection.send(
            run_calls.create_run(
                job_name,
                location_name=location_name,
                run_config=run_config,
                tags=tags,
                op_selection=op_selection,
                asset_selection=asset_selection,
                partition_key=partition_key,
                step_keys=step_keys,
                request_id=request_id,
            )
        )

    async def materialize(
        self,
        assets: Iterable[object] = (),
        *,
        location_name: str = "",
        run_config: Mapping[str, Any] | None = None,
        tags: Mapping[str, object] | None = None,
        partition_key: str = "",
        request_id: str | None = None,
    ) -> Run:
        """Queues a run that materializes assets.

        Args:
            assets: Their keys, as `a/b` or `AssetKey`; all of the location if empty.
            location_name: Their location; may be left out where one location alone has them.
            run_config: Configuration of the run.
            tags: Tags of the run.
            partition_key: The partition.
            request_id: Two submissions with the same UUID make one run.
        """
        return await self.submit_job(
            "",
            location_name=location_name,
            run_config=run_config,
            tags=tags,
            asset_selection=assets,
            partition_key=partition_key,
            request_id=request_id,
        )

    async def get_run(self, run_id: str) -> Run:
        """Returns a run as it is now."""
        return await self._connection.send(run_calls.get_run(run_id))

    async def list_runs(
        self,
        *,
        states: Iterable[RunState | str] = (),
        job_name: str = "",
        location_name: str = "",
        tags: Mapping[str, str] | Iterable[str] = (),
        created_from: datetime | None = None,
        created_before: datetime | None = None,
        limit: int | None = 50,
    ) -> list[Run]:
        """Returns runs, newest first; all that is given must hold.

        Args:
            states: In any of these states.
            job_name: Of this job.
            location_name: Of this location.
            tags: With all of these tags: a mapping, or keys and `key=value` texts.
            created_from: Made at or after this moment.
            created_before: Made before this moment.
            limit: At most this many; None for all.
        """
        listing = run_calls.list_runs(
            states=states,
            job_name=job_name,
            location_name=location_name,
            tags=tags,
            created_from=created_from,
            created_before=created_before,
        )
        return await self._connection.collect(listing, limit)

    async def wait(self, run_id: str, timeout: float | None = None) -> Run:
        """Returns a run when it is over.

        Args:
            run_id: The run.
            timeout: Seconds to wait at most.

        Raises:
            DeadlineExceededError: it was not over in time; it goes on.
        """
        async for _ in self.watch(run_id, timeout=timeout):
            pass
        return await self.get_run(run_id)

    async def events(
        self,
        run_id: str = "",
        *,
        kinds: Iterable[str] = (),
        asset_keys: Iterable[object] = (),
        step_key: str = "",
        limit: int | None = None,
    ) -> list[RunEvent]:
        """Returns the events stored so far, oldest first; all that is given must hold.

        Args:
            run_id: Of this run; of all runs if empty.
            kinds: Of any of these kinds, such as `step_failed`.
            asset_keys: About any of these assets.
            step_key: Of this step.
            limit: At most this many; None for all.
        """
        listing = run_calls.list_events(run_id, kinds=kinds, asset_keys=asset_keys, step_key=step_key)
        return await self._connection.collect(listing, limit)

    def watch(self, run_id: str, *, cursor: str = "", timeout: float | None = None) -> AsyncIterator[RunEvent]:
        """Yields a run's events from the first to the one that ends it, each once, across interruptions.

        Args:
            run_id: The run.
            cursor: Where to go on, from an earlier watch; from the first event if empty.
            timeout: Seconds after which to give up.

        Raises:
            DeadlineExceededError: the run was not over in time; it goes on.
        """
        watch = RunWatch(lambda at: run_calls.watch_run(run_id, at), cursor)
        return self._connection.follow(watch, patience=self._patience, timeout=timeout)

    def watch_events(
        self,
        *,
        cursor: str = "",
        kinds: Iterable[str] = (),
        asset_keys: Iterable[object] = (),
        step_key: str = "",
        timeout: float | None = None,
    ) -> AsyncIterator[RunEvent]:
        """Yields events of all runs as they are committed, without end.

        Args:
            cursor: Where to go on; from now on if empty.
            kinds: Of any of these kinds.
            asset_keys: About any of these assets.
            step_key: Of this step.
            timeout: Seconds after which to give up.
        """
        kinds, asset_keys = list(kinds), list(asset_keys)
        watch = EventWatch(
            lambda at: run_calls.watch_events(at, run_id="", kinds=kinds, asset_keys=asset_keys, step_key=step_key),
            cursor,
        )
        return self._connection.follow(watch, patience=self._patience, timeout=timeout)

    def logs(
        self,
        run_id: str,
        step_key: str,
        *,
        attempt: int = 0,
        stream: str = "stdout",
        offset: int = 0,
        follow: bool = False,
    ) -> AsyncIterator[bytes]:
        """Yields what a step wrote, in pieces.

        Args:
            run_id: The run.
            step_key: The step.
            attempt: Its attempt; 0 for the newest.
            stream: `stdout` or `stderr`.
            offset: The byte to begin at.
            follow: Whether to go on until the attempt is over.
        """
        watch = LogWatch(
            lambda at: run_calls.read_step_log(
                run_id, step_key, attempt=attempt, stream=stream, offset=at, follow=follow
            ),
            offset,
        )
        return self._connection.follow(watch, patience=self._patience)

    async def cancel(self, run_id: str) -> Run:
        """Asks for a run's end; one that is over stays as it is."""
        return await self._connection.send(run_calls.cancel_run(run_id))

    async def retry(
        self,
        run_id: str,
        *,
        all_steps: bool = False,
        from_asset_failure: bool = False,
        step_keys: Iterable[str] = (),
        request_id: str | None = None,
    ) -> Run:
        """Queues a new run from one that is over.

        Args:
            run_id: The run that is over.
            all_steps: Whether to repeat all steps, not only those that did not succeed.
            from_asset_failure: Whether to repeat assets that were not materialized or whose checks did not pass, and
                what is below them, instead.
            step_keys: These steps instead.
            request_id: Two submissions with the same UUID make one run.
        """
        return await self._connection.send(
            run_calls.retry_run(
                run_id,
                all_steps=all_steps,
                from_asset_failure=from_asset_failure,
                step_keys=step_keys,
                request_id=request_id,
            )
        )

    async def explain(self, run_id: str) -> RunExplanation:
        """Returns what a run waits for, as limits, pools and locations are now."""
        return await self._connection.send(run_calls.explain_run(run_id))

    async def explain_runs(self, run_ids: Iterable[str]) -> list[RunExplanation]:
        """Returns what up to 100 runs wait for; those that are not there are left out."""
        return await self._connection.send(run_calls.explain_runs(run_ids))

    async def add_run_tags(self, run_id: str, tags: Mapping[str, object]) -> Run:
        """Gives a run more tags; how it is queued was decided by those that it was made with.

        Args:
            run_id: The run.
            tags: The tags; they replace those of the same name.
        """
        return await self._connection.send(run_calls.add_run_tags(run_id, tags))

    async def delete_run(self, run_id: str) -> None:
        """Removes a finished run and its events; the history of assets stays."""
        await self._connection.send(run_calls.delete_run(run_id))

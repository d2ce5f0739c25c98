"""Which job of which location a run is meant for."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.run_pb2 import Run
from headrace.clock import Clock
from headrace.errors import (
    HeadraceError,
    InvalidArgumentError,
    LocationNotLoadedError,
    LocationUnreachableError,
    TargetNotFoundError,
)
from headrace.suggestions import did_you_mean
from headrace_services.coordinator.locations import Entry, LocationRegistry, Snapshot
from headrace_services.coordinator.locations.snapshot import AssetPath

_FIRST_ANSWER_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """A job and where it is defined."""

    entry: Entry
    snapshot: Snapshot
    job: JobDefinition


def resolve(registry: LocationRegistry, run: Run) -> Target:
    """Returns what `run` is meant for.

    Raises:
        LocationNotFoundError: its location is unknown.
        LocationNotLoadedError: its location's code does not load.
        LocationUnreachableError: nobody can tell yet what its location, or one that may have the job, defines.
        TargetNotFoundError: no location, or not the one it names, has the job or the assets.
        InvalidArgumentError: it names no location, and several have the job.
    """
    assets = [tuple(key.path) for key in run.asset_selection]
    entry = registry.get(run.location_name) if run.location_name else _only_entry(registry, run.job_name, assets)
    if entry.snapshot is None:
        raise _not_loaded(entry)
    job = _job(registry, entry, entry.snapshot, run.job_name)
    _check_assets(entry, entry.snapshot, job, assets)
    return Target(entry, entry.snapshot, job)


async def resolve_when_known(registry: LocationRegistry, run: Run, clock: Clock) -> Target:
    """Like `resolve`, and gives locations that have not been asked yet a moment to say what they define.

    So a coordinator that has just started takes what another one would have taken.
    """
    until = clock.monotonic() + _FIRST_ANSWER_SECONDS
    with registry.watched() as wake:
        while True:
            try:
                return resolve(registry, run)
            except LocationUnreachableError:
                left = until - clock.monotonic()
                if left <= 0 or not any(entry.is_new for entry in registry.entries()):
                    raise
            await wake.wait(left)


def _only_entry(registry: LocationRegistry, job_name: str, assets: list[AssetPath]) -> Entry:
    loaded = [entry for entry in registry.entries() if entry.snapshot is not None]
    found = [entry for entry in loaded if entry.snapshot is not None and _offers(entry.snapshot, job_name, assets)]
    # Nobody's job makes all of these assets: whoever has the job can tell which of them it does not make.
    found = found or [entry for entry in loaded if entry.snapshot is not None and job_name in entry.snapshot.jobs]
    if len(found) == 1:
        return found[0]
    what = f"the job {job_name!r} is" if job_name else "these assets are" if assets else "assets are"
    if found:
        names = ", ".join(repr(entry.name) for entry in found)
        raise InvalidArgumentError(violations={"location_name": f"{what} in the code locations {names}: name one"})
    message = _nowhere(registry, loaded, job_name, assets)
    if any(entry.is_pending for entry in registry.entries()):
        # What is not known yet may have it: the caller should ask again, not give up.
        raise LocationUnreachableError(message)
    raise TargetNotFoundError(message)


def _not_loaded(entry: Entry) -> HeadraceError:
    why = entry.problem() or "it is still loading"
    kind = LocationUnreachableError if entry.is_pending else LocationNotLoadedError
    return kind(f"code location {entry.name!r} has no definitions: {why}", metadata={"location": entry.name})


def _nowhere(registry: LocationRegistry, loaded: list[Entry], job_name: str, assets: list[AssetPath]) -> str:
    not_loaded = [entry.name for entry in registry.entries() if entry.snapshot is None]
    pending = f" ({', '.join(not_loaded)} not loaded)" if not_loaded else ""
    snapshots = [entry.snapshot for entry in loaded if entry.snapshot is not None]
    if job_name:
        known = (name for snapshot in snapshots for name in snapshot.jobs if name != snapshot.asset_job)
        return f"no code location has a job {job_name!r}{did_you_mean(job_name, known)}{pending}"
    everything = {"/".join(path) for snapshot in snapshots for path in snapshot.assets}
    missing = next((name for name in map("/".join, assets) if name not in everything), "")
    if missing:
        return f"no code location has an asset {missing!r}{did_you_mean(missing, everything)}{pending}"
    if assets:
        return f"no code location has all of these assets: materialize those of each location by themselves{pending}"
    return f"a run needs a job, or assets to materialize{pending}"


def _offers(snapshot: Snapshot, job_name: str, assets: list[AssetPath]) -> bool:
    has_job = job_name in snapshot.jobs if job_name else bool(snapshot.asset_job)
    return has_job and snapshot.assets.issuperset(assets)


def _job(registry: LocationRegistry, entry: Entry, snapshot: Snapshot, job_name: str) -> JobDefinition:
    name = job_name or snapshot.asset_job
    if not name:
        raise TargetNotFoundError(f"code location {entry.name!r} has no assets: name a job")
    try:
        return snapshot.jobs[name]
    except KeyError:
        elsewhere = [
            other.name for other in registry.entries() if other.snapshot is not None and name in other.snapshot.jobs
        ]
        hint = f"; it is in {elsewhere[0]!r}" if elsewhere else did_you_mean(name, snapshot.jobs)
        raise TargetNotFoundError(
            f"code location {entry.name!r} has no job {name!r}{hint}", metadata={"location": entry.name, "job": name}
        ) from None


def _check_assets(entry: Entry, snapshot: Snapshot, job: JobDefinition, assets: list[AssetPath]) -> None:
    known = {tuple(key.path) for key in job.asset_keys} or snapshot.assets
    for path in assets:
        if path not in known:
            name = "/".join(path)
            where = f"the job {job.name!r} of " if job.asset_keys else ""
            suggestion = did_you_mean(name, ("/".join(each) for each in known))
            raise TargetNotFoundError(
                f"{where}code location {entry.name!r} has no asset {name!r}{suggestion}",
                metadata={"location": entry.name, "asset": name},
            )

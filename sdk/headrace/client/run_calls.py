"""The calls about runs and their events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from headrace.api.gateway.v1 import event_service_pb2 as event_service
from headrace.api.gateway.v1 import run_service_pb2 as run_service
from headrace.api.types.v1 import metadata_pb2, payload_pb2
from headrace.client.assets import asset_key
from headrace.client.call import Call, Listing, Stream
from headrace.client.events import RunEvent, read_event
from headrace.client.explanations import RunExplanation, read_explanation
from headrace.client.moments import timestamp
from headrace.client.runs import Run, read_run, state_number
from headrace.errors import RunNotFoundError
from headrace.ids import RandomIds
from headrace.run_state import RunState

_RUNS = "/headrace.api.gateway.v1.RunService/"
_EVENTS = "/headrace.api.gateway.v1.EventService/"
LOG_STREAMS = {"stdout": run_service.LOG_STREAM_STDOUT, "stderr": run_service.LOG_STREAM_STDERR}

_ids = RandomIds()


def new_request_id() -> str:
    """Returns an id under which a request may be sent again without a second effect."""
    return _ids.uuid7()


def create_run(
    job_name: str,
    *,
    location_name: str,
    run_config: Mapping[str, Any] | None,
    tags: Mapping[str, object] | None,
    op_selection: Iterable[str],
    asset_selection: Iterable[object],
    partition_key: str,
    step_keys: Iterable[str],
    request_id: str | None,
) -> Call[Run]:
    """Makes a run."""
    request = run_service.CreateRunRequest(
        request_id=request_id or new_request_id(),
        location_name=location_name,
        job_name=job_name,
        tags=[metadata_pb2.Tag(key=key, value=str(value)) for key, value in sorted((tags or {}).items())],
        op_selection=list(op_selection),
        asset_selection=[asset_key(key) for key in asset_selection],
        partition_key=partition_key,
        step_keys=list(step_keys),
    )
    if run_config is not None:
        request.run_config.CopyFrom(_json_payload(run_config))
    return Call(f"{_RUNS}CreateRun", request, run_service.CreateRunResponse, lambda answer: read_run(answer.run))


def get_run(run_id: str) -> Call[Run]:
    """Reads a run."""
    request = run_service.GetRunRequest(run_id=run_id)
    return Call(f"{_RUNS}GetRun", request, run_service.GetRunResponse, lambda answer: read_run(answer.run))


def list_runs(
    *,
    states: Iterable[RunState | str],
    job_name: str,
    location_name: str,
    tags: Mapping[str, str] | Iterable[str],
    created_from: datetime | None,
    created_before: datetime | None,
) -> Listing[Run]:
    """Reads runs, newest first."""
    wanted = [f"{key}={value}" for key, value in tags.items()] if isinstance(tags, Mapping) else list(tags)
    request = run_service.ListRunsRequest(
        states=[state_number(state) for state in states],
        job_name=job_name,
        location_name=location_name,
        tags=wanted,
        create_time_from=timestamp(created_from),
        create_time_before=timestamp(created_before),
    )
    return Listing(
        f"{_RUNS}ListRuns", request, run_service.ListRunsResponse, lambda page: [read_run(run) for run in page.runs]
    )


def cancel_run(run_id: str) -> Call[Run]:
    """Asks for a run's end."""
    request = run_service.CancelRunRequest(request_id=new_request_id(), run_id=run_id)
    return Call(f"{_RUNS}CancelRun", request, run_service.CancelRunResponse, lambda answer: read_run(answer.run))


def retry_run(
    run_id: str, *, all_steps: bool, from_asset_failure: bool, step_keys: Iterable[str], request_id: str | None
) -> Call[Run]:
    """Makes a new run from one that is over."""
    request = run_service.RetryRunRequest(
        request_id=request_id or new_request_id(),
        run_id=run_id,
        all_steps=all_steps,
        from_asset_failure=from_asset_failure,
        step_keys=list(step_keys),
    )
    return Call(f"{_RUNS}RetryRun", request, run_service.RetryRunResponse, lambda answer: read_run(answer.run))


def explain_runs(run_ids: Iterable[str]) -> Call[list[RunExplanation]]:
    """Tells what runs wait for."""
    request = run_service.ExplainRunsRequest(run_ids=list(run_ids))
    return Call(
        f"{_RUNS}ExplainRuns",
        request,
        run_service.ExplainRunsResponse,
        lambda answer: [read_explanation(each) for each in answer.explanations],
    )


def explain_run(run_id: str) -> Call[RunExplanation]:
    """Tells what one run waits for."""
    call = explain_runs([run_id])

    def read(answer: Any) -> RunExplanation:
        found = call.read(answer)
        if not found:
            raise RunNotFoundError(f"there is no run {run_id}", metadata={"run_id": run_id})
        return found[0]

    return Call(call.path, call.request, call.response_type, read)


def delete_run(run_id: str) -> Call[None]:
    """Removes a finished run."""
    request = run_service.DeleteRunRequest(request_id=new_request_id(), run_id=run_id)
    return Call(f"{_RUNS}DeleteRun", request, run_service.DeleteRunResponse, lambda _: None)


def add_run_tags(run_id: str, tags: Mapping[str, object]) -> Call[Run]:
    """Gives a run more tags."""
    request = run_service.AddRunTagsRequest(
        request_id=new_request_id(),
        run_id=run_id,
        tags=[metadata_pb2.Tag(key=key, value=str(value)) for key, value in sorted(tags.items())],
    )
    return Call(f"{_RUNS}AddRunTags", request, run_service.AddRunTagsResponse, lambda answer: read_run(answer.run))


def list_events(run_id: str, *, kinds: Iterable[str], asset_keys: Iterable[object], step_key: str) -> Listing[RunEvent]:
    """Reads events, oldest first."""
    request = event_service.ListEventsRequest(
        run_id=run_id, kinds=list(kinds), asset_keys=[asset_key(key) for key in asset_keys], step_key=step_key
    )
    return Listing(
        f"{_EVENTS}ListEvents",
        request,
        event_service.ListEventsResponse,
        lambda page: [read_event(event) for event in page.events],
    )


def watch_run(run_id: str, cursor: str) -> Stream:
    """Follows a run to its end."""
    request = run_service.WatchRunRequest(run_id=run_id, cursor=cursor)
    return Stream(f"{_RUNS}WatchRun", request, run_service.WatchRunResponse)


def watch_events(
    cursor: str, *, run_id: str, kinds: Iterable[str], asset_keys: Iterable[object], step_key: str
) -> Stream:
    """Follows events of all runs."""
    request = event_service.WatchEventsRequest(
        cursor=cursor,
        run_id=run_id,
        kinds=list(kinds),
        asset_keys=[asset_key(key) for key in asset_keys],
        step_key=step_key,
    )
    return Stream(f"{_EVENTS}WatchEvents", request, event_service.WatchEventsResponse)


def read_step_log(run_id: str, step_key: str, *, attempt: int, stream: str, offset: int, follow: bool) -> Stream:
    """Reads what a step wrote.

    Raises:
        ValueError: `stream` is neither `stdout` nor `stderr`.
    """
    if stream not in LOG_STREAMS:
        raise ValueError(f"{stream!r} is no stream of a step; there are {' and '.join(LOG_STREAMS)}")
    request = run_service.ReadStepLogRequest(
        run_id=run_id,
        step_key=step_key,
        attempt=attempt,
        stream=LOG_STREAMS[stream],
        offset=offset,
        follow=follow,
    )
    return Stream(f"{_RUNS}ReadStepLog", request, run_service.ReadStepLogResponse)


def _json_payload(value: Any) -> payload_pb2.Payload:
    return payload_pb2.Payload(media_type="application/json", text=json.dumps(value, allow_nan=False))

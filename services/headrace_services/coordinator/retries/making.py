"""The run that repeats one that is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    RETRY_STRATEGY_ALL_STEPS,
    RETRY_STRATEGY_FROM_ASSET_FAILURE,
    RetryRunRequest,
)
from headrace.api.storage.v1.event_log_service_pb2 import EventFilter, ListEventsRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import Run, RunOrigin
from headrace.errors import InvalidArgumentError, NothingToRetryError
from headrace.rpc.status import rpc_errors
from headrace.suggestions import did_you_mean
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.retries.repeating import History, assets_to_repeat, steps_to_repeat
from headrace_services.coordinator.runs.tags import PARENT_TAG, ROOT_TAG, tag_messages, tags_of

_PAGE = 1_000
_KINDS = ("run_planned", "step_succeeded", "step_skipped", "asset_materialized", "asset_check_evaluated")


async def retry_of(request: RetryRunRequest, parent: Run, coordinator: Coordinator, tags: Mapping[str, str]) -> Run:
    """Returns the run that repeats `parent`; what a stored run needs beside is still to be filled in.

    Raises:
        NothingToRetryError: there is nothing to repeat.
    """
    part = await _part(request, parent, coordinator)
    return _retry_of(parent, part, tags, request.actor)


@dataclass(frozen=True, slots=True)
class _Part:
    """What of the parent is repeated: as much as it did itself, or these steps, or these assets."""

    step_keys: list[str]
    assets: list[str] | None = None


async def _part(request: RetryRunRequest, parent: Run, coordinator: Coordinator) -> _Part:
    if request.strategy == RETRY_STRATEGY_ALL_STEPS and not request.step_keys:
        return _Part(list(parent.step_keys))
    history = await _history(parent.run_id, coordinator)
    if request.step_keys:
        _check_known(request, history)
        return _Part(list(request.step_keys))
    if not history.planned:
        # It failed before any worker knew its steps: there is nothing to build on.
        return _Part(list(parent.step_keys))
    if request.strategy == RETRY_STRATEGY_FROM_ASSET_FAILURE:
        return _Part([], _assets(parent, history))
    steps = steps_to_repeat(history)
    if not steps:
        raise NothingToRetryError(
            f"every step of run {parent.run_id} succeeded; retry all of its steps instead (--all)"
        )
    return _Part(steps)


def _assets(parent: Run, history: History) -> list[str]:
    if not any(history.assets.values()):
        raise NothingToRetryError(f"run {parent.run_id} makes no assets; retry the steps that did not succeed instead")
    assets = assets_to_repeat(history)
    if not assets:
        raise NothingToRetryError(
            f"every asset of run {parent.run_id} was made; retry all of its steps instead (--all)"
        )
    return assets


def _check_known(request: RetryRunRequest, history: History) -> None:
    for step in request.step_keys:
        if history.planned and step not in history.planned:
            raise InvalidArgumentError(
                violations={"step_keys": f"the run has no step {step!r}{did_you_mean(step, history.planned)}"}
            )


async def _history(run_id: str, coordinator: Coordinator) -> History:
    history, token = History(), ""
    while True:
        request = ListEventsRequest(filter=EventFilter(run_id=run_id, kinds=_KINDS), page_size=_PAGE, page_token=token)
        with rpc_errors("storage"):
            page = await coordinator.storage.events.ListEvents(request)
        for event in page.events:
            _note(event, history)
        token = page.next_page_token
        if not token:
            return history


def _note(event: Event, history: History) -> None:
    kind = event.WhichOneof("detail")
    if kind == "run_planned":
        steps = event.run_planned.steps
        history.planned = {step.step_key: list(step.depends_on) for step in steps}
        history.assets = {step.step_key: [_text(key) for key in step.asset_keys] for step in steps}
    elif kind == "step_succeeded":
        history.succeeded.add(event.step_key)
    elif kind == "step_skipped":
        history.skipped.add(event.step_key)
    elif kind == "asset_materialized":
        history.made.add(_text(event.asset_materialized.asset_key))
    elif kind == "asset_check_evaluated":
        verdict = event.asset_check_evaluated
        note = history.unsound.discard if verdict.passed or verdict.warning else history.unsound.add
        note(_text(verdict.asset_key))


def _retry_of(parent: Run, part: _Part, added: Mapping[str, str], actor: str) -> Run:
    root = parent.root_run_id or parent.run_id
    tags = {**tags_of(parent.tags), PARENT_TAG: parent.run_id, ROOT_TAG: root, **added}
    return Run(
        location_name=parent.location_name,
        job_name=parent.job_name,
        tags=tag_messages(tags),
        run_config=parent.run_config if parent.HasField("run_config") else None,
        asset_selection=parent.asset_selection if part.assets is None else map(_asset_key, part.assets),
        check_selection=() if part.assets is not None else parent.check_selection,
        op_selection=parent.op_selection,
        step_keys=part.step_keys,
        partition_key=parent.partition_key,
        parent_run_id=parent.run_id,
        root_run_id=root,
        priority=parent.priority,
        origin=RunOrigin(actor=actor),
    )


def _text(key: AssetKey) -> str:
    # Parts of keys may hold anything that people type, slashes included.
    return "\0".join(key.path)


def _asset_key(text: str) -> AssetKey:
    return AssetKey(path=text.split("\0"))

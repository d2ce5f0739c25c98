"""What becomes of messages: log records, results, and what the code has for itself."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from headrace.definitions.assets.data_version import DataVersion
from headrace.definitions.assets.events import MaterializeResult
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.checks.spec import AssetCheckSeverity
from headrace.execute.contexts.context import OpExecutionContext
from headrace.pipes.injectors import Params
from headrace.pipes.metadata import read_metadata
from headrace.pipes.readers import PipesMessageReader

PipesExecutionResult = MaterializeResult[Any] | AssetCheckResult


class PipesMessageHandler:
    """Takes the messages of one session.

    Args:
        context: The step that the session belongs to.
        message_reader: Where messages come from.
    """

    def __init__(self, context: OpExecutionContext, message_reader: PipesMessageReader) -> None:
        self._context = context
        self._reader = message_reader
        self._results: list[PipesExecutionResult] = []
        self._custom: list[Any] = []
        self.received_opened_message = False
        self.received_closed_message = False

    @contextmanager
    def handle_messages(self) -> Iterator[Params]:
        """Takes messages while a session lasts; gives the parameters of the reader."""
        with self._reader.read_messages(self) as params:
            yield params

    def handle_message(self, message: Mapping[str, Any]) -> None:
        """Takes one message; kinds that are not known are logged."""
        take = getattr(self, f"_take_{message['method']}", None)
        if take is None:
            self._context.log.warning("The external process sent a message of an unknown kind: %s", message["method"])
            return
        take(message.get("params") or {})

    def on_launched(self, launched_payload: Params) -> None:
        """Tells the reader what is known once the other side has been started."""
        self._reader.on_launched(launched_payload)

    def get_reported_results(self) -> Sequence[PipesExecutionResult]:
        """Returns what was reported up to now."""
        return tuple(self._results)

    def get_custom_messages(self) -> Sequence[Any]:
        """Returns what the code sent for itself."""
        return tuple(self._custom)

    def _take_opened(self, params: Params) -> None:
        self.received_opened_message = True
        self._reader.on_opened(params)

    def _take_closed(self, params: Params) -> None:
        self.received_closed_message = True
        exception = params.get("exception")
        if exception:
            text = f"{exception.get('name')}: {exception.get('message')}"
            self._context.log.error("The external process raised %s\n%s", text, "".join(exception.get("stack") or ()))

    def _take_log(self, params: Params) -> None:
        level = logging.getLevelName(str(params["level"]).upper())
        self._context.log.log(level if isinstance(level, int) else logging.INFO, "%s", params["message"])

    def _take_log_external_stream(self, params: Params) -> None:
        stream = sys.stderr if params["stream"] == "stderr" else sys.stdout
        stream.write(params["text"])

    def _take_report_asset_materialization(self, params: Params) -> None:
        self._results.append(
            MaterializeResult(
                asset_key=self._asset_key(params),
                metadata=read_metadata(params.get("metadata")),
                data_version=DataVersion(version) if (version := params.get("data_version")) else None,
            )
        )

    def _take_report_asset_check(self, params: Params) -> None:
        self._results.append(
            AssetCheckResult(
                asset_key=self._asset_key(params),
                check_name=params["check_name"],
                passed=params["passed"],
                severity=AssetCheckSeverity(params.get("severity") or "ERROR"),
                metadata=read_metadata(params.get("metadata")),
            )
        )

    def _take_report_custom_message(self, params: Params) -> None:
        self._custom.append(params["payload"])

    def _asset_key(self, params: Params) -> AssetKey:
        given = params.get("asset_key")
        return AssetKey.from_user_string(given) if given else self._context.asset_key

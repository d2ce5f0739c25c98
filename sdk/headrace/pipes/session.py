"""One conversation with code outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from headrace.definitions.assets.events import MaterializeResult
from headrace.execute.contexts.context import OpExecutionContext
from headrace.pipes.context_data import context_data
from headrace.pipes.handler import PipesExecutionResult, PipesMessageHandler
from headrace.pipes.injectors import Params, PipesContextInjector
from headrace.pipes.protocol import CONTEXT_VARIABLE, MESSAGES_VARIABLE, encode
from headrace.pipes.readers import PipesMessageReader


@dataclass(frozen=True)
class PipesSession:
    """What whoever starts the other side hands to it, and gets from it.

    Attributes:
        context_data: What the other side is told.
        message_handler: Takes its messages.
        context_injector_params: By which it finds its context.
        message_reader_params: By which it finds where to write messages.
        context: The step that the session belongs to.
    """

    context_data: Mapping[str, Any]
    message_handler: PipesMessageHandler
    context_injector_params: Params
    message_reader_params: Params
    context: OpExecutionContext

    def get_bootstrap_params(self) -> Mapping[str, Any]:
        """The parameters by the names of their environment variables."""
        return {CONTEXT_VARIABLE: self.context_injector_params, MESSAGES_VARIABLE: self.message_reader_params}

    def get_bootstrap_env_vars(self) -> Mapping[str, str]:
        """The environment variables that the other side must find."""
        return {name: encode(params) for name, params in self.get_bootstrap_params().items()}

    def get_bootstrap_cli_arguments(self) -> Mapping[str, str]:
        """The same as arguments of a command line, where there is no environment to set."""
        values = self.get_bootstrap_env_vars()
        return {f"--{name.lower().replace('_', '-')}": value for name, value in values.items()}

    def report_launched(self, launched_payload: Params) -> None:
        """Tells the reader what is known once the other side has been started."""
        self.message_handler.on_launched(launched_payload)

    def get_reported_results(self) -> Sequence[PipesExecutionResult]:
        """What the other side has reported up to now."""
        return self.message_handler.get_reported_results()

    def get_custom_messages(self) -> Sequence[Any]:
        """What the other side sent for the caller itself."""
        return self.message_handler.get_custom_messages()

    def get_results(
        self, *, implicit_materializations: bool = True, metadata: Mapping[str, Any] | None = None
    ) -> Sequence[PipesExecutionResult]:
        """What the other side has reported.

        Args:
            implicit_materializations: Whether assets of the step that it did not report count as made.
            metadata: Added to every materialization.
        """
        reported = [_with_metadata(each, metadata) for each in self.get_reported_results()]
        if not (implicit_materializations and self.context.has_assets_def):
            return tuple(reported)
        made = {each.asset_key for each in reported if isinstance(each, MaterializeResult)}
        rest = sorted(self.context.selected_asset_keys - made)
        return (*reported, *(MaterializeResult(asset_key=key, metadata=metadata) for key in rest))


def _with_metadata(result: PipesExecutionResult, metadata: Mapping[str, Any] | None) -> PipesExecutionResult:
    if not metadata or not isinstance(result, MaterializeResult):
        return result
    return MaterializeResult(
        asset_key=result.asset_key, metadata={**metadata, **result.metadata}, data_version=result.data_version
    )


@contextmanager
def open_pipes_session(
    context: OpExecutionContext,
    context_injector: PipesContextInjector,
    message_reader: PipesMessageReader,
    extras: Mapping[str, Any] | None = None,
) -> Iterator[PipesSession]:
    """Opens a session; start the other side inside of the `with` block, and wait there for its end.

    Args:
        context: The step that the session belongs to.
        context_injector: Hands over the context.
        message_reader: Takes messages.
        extras: Anything more that the other side shall know; it must be JSON.
    """
    data = context_data(context, extras)
    handler = PipesMessageHandler(context, message_reader)
    with context_injector.inject_context(data) as injected, handler.handle_messages() as read:
        yield PipesSession(data, handler, injected, read, context)
    if not handler.received_opened_message:
        context.log.warning(
            "Nothing was heard from the external process: does it open a session? %s %s",
            context_injector.no_messages_debug_text(),
            message_reader.no_messages_debug_text(),
        )
    elif not handler.received_closed_message:
        context.log.warning("The external process did not close its session; its last messages may be missing.")

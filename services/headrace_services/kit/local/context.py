"""What the servicer of an in-process call is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import grpc
import grpc.aio

from headrace_services.kit.local.exchange import EOF, Exchange, Outcome, Pairs, pairs_of, too_large


class LocalContext(grpc.aio.ServicerContext[Any, Any]):
    """The `grpc.aio.ServicerContext` of an exchange."""

    def __init__(self, exchange: Exchange, parse: Callable[[bytes], Any], serialize: Callable[[Any], bytes]) -> None:
        self._exchange = exchange
        self._parse = parse
        self._serialize = serialize
        self._code: grpc.StatusCode | None = None
        self._details = ""
        self._trailing: Pairs = ()

    async def read(self) -> Any:
        message = await self._exchange.requests.get()
        if message is None:
            return EOF
        excess = too_large(message, "SERVER")
        if excess is not None:
            self._exchange.cancel(excess.code, excess.details)
            return EOF
        return self._parse(message)

    async def requests(self) -> Any:
        """Yields the requests of a client's stream."""
        while (request := await self.read()) is not EOF:
            yield request

    async def write(self, message: Any) -> None:
        self._exchange.initial_sent.set()
        serialized = self._serialize(message)
        excess = too_large(serialized, "CLIENT")
        if excess is None:
            await self._exchange.responses.put(serialized)
        else:
            self._exchange.break_off(excess)

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        self._exchange.send_initial(pairs_of(initial_metadata))

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Any = ()) -> NoReturn:
        self._code, self._details = code, details
        self._trailing = pairs_of(trailing_metadata) or self._trailing
        self._exchange.finish(Outcome(code, details, self._trailing))
        raise grpc.aio.AbortError("Locally aborted.")

    async def abort_with_status(self, status: Any) -> NoReturn:
        await self.abort(status.code, status.details, status.trailing_metadata)

    def outcome(self) -> Outcome:
        """Returns how the call ends when the servicer has returned."""
        return Outcome(self._code or grpc.StatusCode.OK, self._details, self._trailing)

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        self._trailing = pairs_of(trailing_metadata)

    def trailing_metadata(self) -> Any:
        return self._trailing

    def invocation_metadata(self) -> Any:
        return self._exchange.metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> Any:
        return self._code or grpc.StatusCode.OK

    def set_details(self, details: str) -> None:
        self._details = details

    def details(self) -> str:
        return self._details

    def set_compression(self, compression: grpc.Compression) -> None:
        """Does nothing: there are no bytes to save."""

    def disable_next_message_compression(self) -> None:
        """Does nothing: there are no bytes to save."""

    def peer(self) -> str:
        return "inproc:headrace"

    def peer_identities(self) -> Iterable[bytes] | None:
        return None

    def peer_identity_key(self) -> str | None:
        return None

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        return {}

    def time_remaining(self) -> Any:
        return self._exchange.time_remaining()

    def add_done_callback(self, callback: Any) -> None:
        self._exchange.callbacks.append(lambda: callback(self))

    def cancelled(self) -> bool:
        outcome = self._exchange.outcome
        return outcome is not None and outcome.code in (
            grpc.StatusCode.CANCELLED,
            grpc.StatusCode.DEADLINE_EXCEEDED,
        )

    def done(self) -> bool:
        return self._exchange.outcome is not None

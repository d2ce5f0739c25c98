"""How long a command waits for a gateway that does not answer, and that it says so."""

from __future__ import annotations

import os
from dataclasses import dataclass

import click
import grpc

from headrace.rpc.methods import Method
from headrace.rpc.retry import RetryPolicy

PATIENCE_VARIABLE = "HEADRACE_PATIENCE"
# Somebody sits and waits: long enough for a gateway that is being replaced.
_SECONDS = 10.0
_SAID_AFTER = 3


def waiting_policy() -> RetryPolicy:
    """Returns how commands repeat calls that may be repeated.

    Raises:
        click.UsageError: the environment names something else than seconds.
    """
    given = os.environ.get(PATIENCE_VARIABLE)
    try:
        return _SaysThatItWaits(patience_seconds=_SECONDS if given is None else float(given), longest_seconds=1.0)
    except ValueError:
        raise click.UsageError(f"{PATIENCE_VARIABLE} is {given!r}, which is no number of seconds") from None


@dataclass(frozen=True, slots=True)
class _SaysThatItWaits(RetryPolicy):
    def next_delay(
        self, method: Method, request: object, code: grpc.StatusCode, failures: int, seconds_left: float | None
    ) -> float | None:
        # Without arguments super() does not find the class that slots make of this one.
        delay = RetryPolicy.next_delay(self, method, request, code, failures, seconds_left)
        if delay is not None and failures == _SAID_AFTER and seconds_left is not None:
            click.echo(f"the gateway does not answer, trying for {seconds_left:.0f} s more (Ctrl-C ends it)", err=True)
        return delay

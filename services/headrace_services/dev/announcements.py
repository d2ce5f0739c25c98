"""What `headrace dev` tells on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headrace.version import version

if TYPE_CHECKING:
    from headrace.api.types.v1 import location_pb2

_BOLD, _DIM, _RED, _GREEN, _PLAIN = "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[0m"


class Announcer:
    """Writes to standard output, with colors where it is a terminal."""

    def __init__(self) -> None:
        self._colors = sys.stdout.isatty()

    def banner(self, *, web: str, grpc: str, home: Path, locations: Sequence[str]) -> None:
        """Tells where everything is."""
        self.line(self._in(_BOLD, f"Headrace {version()}") + " is up")
        self.line(f"  console      http://{web}   (JSON over HTTP too)")
        self.line(f"  metrics      http://{web}/metrics")
        self.line(f"  gRPC         {grpc}")
        self.line(f"  home         {home}")
        for name in locations:
            self.line(f"  location     {name}  {self._in(_DIM, 'loading')}")

    def location(self, location: location_pb2.Location) -> None:
        """Tells that a location has changed its state."""
        # Not needed before there is a location to tell of, and slow to import.
        from headrace.api.types.v1 import location_pb2 as states

        seconds = location.load_duration.ToMilliseconds() / 1000
        if location.state == states.LOCATION_STATE_LOADED and not location.failure.message:
            how = f", workers by {location.start_method}" if location.start_method else ""
            text = f"{self._in(_GREEN, '✓')} {location.definition_count} definitions in {seconds:.2f} s{how}"
        elif location.failure.message:
            place = f"{location.failure.file}:{location.failure.line}: " if location.failure.line else ""
            kept = " (the definitions loaded before stay in use)" if location.definitions_digest else ""
            text = f"{self._in(_RED, '✗')} {place}{location.failure.type}: {location.failure.message}{kept}"
        elif location.state == states.LOCATION_STATE_UNREACHABLE:
            text = f"{self._in(_RED, '✗')} cannot be reached"
        else:
            return
        self.line(f"  location     {location.name}  {text}")

    def said(self, name: str, line: str) -> None:
        """Passes on what a location's process wrote."""
        self.line(f"{self._in(_DIM, f'[{name}]')} {line}")

    def ready(self, seconds: float) -> None:
        """Tells that there is nothing more to wait for."""
        self.line(f"Ready after {seconds:.2f} s. Ctrl-C ends everything.")

    def line(self, text: str) -> None:
        """Writes a line."""
        click.echo(text)

    def _in(self, style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._colors else text

"""Starting a code location."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from headrace.errors import HeadraceError
from headrace.processes.name import name_process
from headrace.surroundings import DEFAULT_TARGET, TARGET_VARIABLE
from headrace_codeloc.front.logs import log_to_stderr
from headrace_codeloc.front.serve import serve
from headrace_codeloc.front.worker_logs import prune
from headrace_codeloc.nursery import fork_nursery
from headrace_codeloc.options import LocationOptions, parse_options
from headrace_codeloc.warm import warm_up

EXIT_CANNOT_SERVE = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Serves the location that the command line describes; returns the exit code."""
    return serve_location(parse_options(sys.argv[1:] if argv is None else argv))


def serve_location(options: LocationOptions) -> int:
    """Serves a location until the process is told to end; returns the exit code.

    The process must have no other thread, and must not have used gRPC: the nursery is forked off it.
    """
    # Inherited by every process of the location, whichever way it is started: their user code has one instance.
    os.environ[TARGET_VARIABLE] = options.target or os.environ.get(TARGET_VARIABLE) or DEFAULT_TARGET
    options = replace(options, worker_log_directory=options.worker_log_directory or _default_log_directory())
    warm_up()
    # What is imported by now is shared by every process of the location as long as no collector writes into it.
    gc.collect()
    gc.freeze()
    nursery = fork_nursery()
    name_process("front")
    log_to_stderr()
    prune(Path(options.worker_log_directory))
    try:
        asyncio.run(serve(options, nursery))
    except (HeadraceError, ValueError) as error:
        sys.stderr.write(f"the location {options.location_name!r} cannot be served: {error}\n")
        return EXIT_CANNOT_SERVE
    return 0


def _default_log_directory() -> str:
    home = os.environ.get("HEADRACE_HOME")
    return str(Path(home) / "worker_logs" if home else Path(tempfile.gettempdir()) / f"headrace-workers-{os.getuid()}")

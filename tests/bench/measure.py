"""Measures one side and prints a JSON object of figures. Run by the interpreter that has the side installed:

python tests/bench/measure.py dagster --rounds 3 --figures first-line,seed
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import FIGURES, START, start_seconds

# Temporal's activities share one process: it has no figure for a process per step.
CANNOT = {"temporal": {"wide-processes"}}


def main() -> None:
    """Starts the side named on the command line, measures, ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=["dagster", "headrace", "temporal"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--figures", default="")
    arguments = parser.parse_args()
    wanted = set(filter(None, arguments.figures.split(","))) or {START, *(figure.key for figure in FIGURES)}
    wanted -= CANNOT.get(arguments.side, set())
    make = importlib.import_module(f"{arguments.side}_side").make
    results: dict[str, float] = {}
    if START in wanted:
        results[START] = start_seconds(make, min(3, arguments.rounds))
        tell(arguments.side, START, results[START])
    with TemporaryDirectory(prefix="headrace-bench-", ignore_cleanup_errors=True) as directory:
        side = make(Path(directory))
        try:
            side.start()
            side.run("one")
            for figure in FIGURES:
                if figure.key in wanted:
                    results[figure.key] = figure.measure(side, arguments.rounds)
                    tell(arguments.side, figure.key, results[figure.key])
        finally:
            side.stop()
    print(json.dumps(results))


def tell(side: str, key: str, value: float) -> None:
    """Shows progress while the table is still to come."""
    print(f"{side}: {key} {value:.3f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""Measures Headrace and its peers in one run on this machine and prints the ratios.

python tests/bench/run.py [--sides headrace,dagster,temporal] [--rounds 5] [--figures first-line,seed]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from figures import FIGURES, START_FIGURE, Figure
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
PEERS_PYTHON = HERE.parents[1] / ".venv-bench/bin/python"
OURS = "headrace"
SIDES = (OURS, "dagster", "temporal")
Results = dict[str, dict[str, float]]


def measure(side: str, rounds: int, figures: str) -> dict[str, float]:
    """Runs the measurements of one side under the interpreter that has it installed."""
    python = sys.executable if side == OURS else PEERS_PYTHON
    command = [python, HERE / "measure.py", side, "--rounds", str(rounds), "--figures", figures]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, stdin=subprocess.DEVNULL)
    if answer.returncode != 0:
        sys.exit(f"bench: {side} could not be measured")
    return json.loads(answer.stdout)


def table(results: Results) -> Table:
    """Lays the figures out, one row each, peers as multiples of ours."""
    grid = Table(title="Headrace beside its peers, this machine, this run")
    for heading in ("figure", "limit", *results):
        grid.add_column(heading, justify="left" if heading == "figure" else "right")
    for figure in (*FIGURES, START_FIGURE):
        if any(figure.key in values for values in results.values()):
            grid.add_row(figure.title, shown(figure, figure.limit), *(cell(figure, side, results) for side in results))
    return grid


def cell(figure: Figure, side: str, results: Results) -> str:
    """One value; ours with its verdict, a peer's with its ratio to ours."""
    value, ours = results[side].get(figure.key), results.get(OURS, {}).get(figure.key)
    if value is None:
        return "–"
    if side == OURS:
        return f"{shown(figure, value)} {'ok' if value <= figure.limit else 'MISSED'}"
    return shown(figure, value) + (f" ({value / ours:.1f}x)" if ours else "")


def shown(figure: Figure, value: float) -> str:
    """A value with its unit."""
    return f"{value:.3g} {figure.unit}"


def main() -> None:
    """Measures the sides one after the other, so that none disturbs another."""
    parser = argparse.ArgumentParser(description="Measure Headrace and its peers in one run.")
    parser.add_argument("--sides", default=",".join(SIDES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--figures", default="")
    arguments = parser.parse_args()
    results = {side: measure(side, arguments.rounds, arguments.figures) for side in arguments.sides.split(",")}
    Console(width=150).print(table(results))
    ours = results.get(OURS, {})
    missed = [figure.key for figure in (*FIGURES, START_FIGURE) if ours.get(figure.key, 0.0) > figure.limit]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()

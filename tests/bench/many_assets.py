"""What definitions of many assets cost beside Dagster: `python tests/bench/many_assets.py [--peer PYTHON] [--count 5000]`.

Each side has a fresh process for each round, turn by turn: it imports the library, makes the assets in layers of 100 (each made
from two of the layer before), puts the definitions together, lists keys and what they are made from, plans a run of all
of them, and materializes one. The peer is a Python that has Dagster installed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

CODE = """
import json, logging, resource, sys, time
library, count = sys.argv[1], int(sys.argv[2])
begin = time.perf_counter()
times = {}
def lap(name):
    global begin
    now = time.perf_counter()
    times[name] = now - begin
    begin = now

dg = __import__(library)
lap("import")

def one(number):
    above = [f"a{n}" for n in (number - 100, number - 100 + (1 if number % 100 < 99 else -99)) if n >= 0]
    @dg.asset(name=f"a{number}", deps=above, group_name=f"g{number % 10}")
    def made(): ...
    return made

assets = [one(number) for number in range(count)]
lap("make the assets")
defs = dg.Definitions(assets=assets)
if library == "dagster":
    defs.get_repository_def()
graph = defs.resolve_asset_graph()
job = defs.resolve_implicit_global_asset_job_def()
lap("put definitions together")
listed = [(key.to_user_string(), sorted(each.to_user_string() for each in graph.get(key).parent_keys))
          for key in graph.get_all_asset_keys()] if library == "dagster" else [
          (key.to_user_string(), sorted(each.to_user_string() for each in graph.parents[key])) for key in graph.get_all_asset_keys()]
assert len(listed) == count
lap("list them")
if library == "dagster":
    from dagster._core.execution.api import create_execution_plan
    assert len(create_execution_plan(job).step_keys_to_execute) == count
else:
    from headrace.execute.planning.planner import build_plan
    from headrace.execute.spec import RunSpec
    assert len(build_plan(job, RunSpec('a-run', job.name)).steps) == count
lap("plan a run of all")
logging.disable()
assert dg.materialize(assets, selection=[f"a{count // 2}"]).success
lap("materialize one")
times["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(times))
"""


def measured(python: str, library: str, count: int) -> dict[str, float]:
    """The seconds of one round."""
    answer = subprocess.run(
        [python, "-c", CODE, library, str(count)], capture_output=True, text=True, timeout=900, check=False
    )
    if answer.returncode:
        sys.exit(answer.stderr)
    return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    """Measures both sides and prints medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", default=".venv-bench/bin/python")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    ours, peers = [], []
    for _ in range(given.rounds):
        ours.append(measured(sys.executable, "headrace", given.count))
        peers.append(measured(given.peer, "dagster", given.count))
    for name in ours[0]:
        here, there = (statistics.median(each[name] for each in side) for side in (ours, peers))
        print(f"{name:28} {here:9.3f} {there:9.3f} {there / here:7.1f}")


if __name__ == "__main__":
    main()

"""Dagster as `dagster dev` starts it, driven through its GraphQL API."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from side import Side, free_port

JOBS = Path(__file__).with_name("jobs.py")
RUN_TIMEOUT = 600.0
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
LAUNCH = """
mutation($job: String!) { launchRun(executionParams: {
  selector: {repositoryLocationName: "jobs.py", repositoryName: "__repository__", jobName: $job}, runConfigData: {}
}) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
LOCATIONS = """
{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError { __typename } } } } }
"""


class DagsterSide(Side):
    """Defaults throughout: SQLite, queued coordinator, `dagster dev`."""

    name = "dagster"

    def start(self) -> None:
        self.port = free_port()
        (self.directory / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
        self.env |= {"DAGSTER_HOME": str(self.directory), "BENCH_API": "dagster"}
        command = Path(sys.executable).with_name("dagster")
        self.spawn(command, "dev", "-f", JOBS, "-h", "127.0.0.1", "-p", str(self.port))
        self.await_ready(self._location_loaded)

    def run(self, job: str, count: int = 1) -> None:
        with ThreadPoolExecutor(min(count, 8)) as pool:
            runs = list(pool.map(self._launch, [job] * count))
        for run in runs:
            self._await_end(run)

    def _location_loaded(self) -> bool:
        entries = self._ask(LOCATIONS)["workspaceOrError"]["locationEntries"]
        return bool(entries) and all(
            entry["loadStatus"] == "LOADED" and entry["locationOrLoadError"]["__typename"] == "RepositoryLocation"
            for entry in entries
        )

    def _launch(self, job: str) -> str:
        answer = self._ask(LAUNCH, job=job)["launchRun"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise ValueError(f"dagster refused {job}: {answer}")
        return str(answer["run"]["runId"])

    def _await_end(self, run: str) -> None:
        deadline = time.monotonic() + RUN_TIMEOUT
        status = ""
        while status not in ENDED:
            if time.monotonic() > deadline:
                raise TimeoutError(f"dagster's run {run} is still {status}")
            time.sleep(0.02)
            status = self._ask(STATUS, id=run)["runOrError"]["status"]
        if status != "SUCCESS":
            raise RuntimeError(f"dagster's run {run} ended as {status}")

    def _ask(self, query: str, **variables: str) -> dict:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        if answer.get("errors"):
            raise ValueError(f"dagster answered {answer['errors']}")
        return answer["data"]


make = DagsterSide

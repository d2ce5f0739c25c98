"""A real Prometheus, and its tool that checks what we expose."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until


@dataclass(frozen=True)
class Prometheus:
    """A running server that scrapes what its configuration names."""

    address: str

    def query(self, expression: str) -> list[dict]:
        """Evaluates an instant query; each entry has `metric` (labels) and `value` (time and text)."""
        answer = self._get("query", query=expression)
        return list(answer["data"]["result"])

    def targets(self) -> list[dict]:
        """The scrape targets with their `health` and `lastError`."""
        return list(self._get("targets")["data"]["activeTargets"])

    def rules(self) -> list[dict]:
        """The alarms, with their `state`, `health` and `lastError`."""
        return [rule for group in self._get("rules")["data"]["groups"] for rule in group["rules"]]

    def _get(self, path: str, **parameters: str) -> dict:
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=30) as response:
            return json.load(response)


@dataclass(frozen=True)
class Page:
    """What a process exposed at one moment."""

    text: str

    def total(self, name: str, **labels: str) -> float:
        """Returns the sum of the samples of that name that have these labels."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


def read_page(address: str) -> Page:
    """Reads the metrics of a process."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as response:
        return Page(response.read().decode())


StartPrometheus = Callable[[str], Prometheus]


@pytest.fixture
def start_prometheus(supervisor: Supervisor, tmp_path: Path) -> StartPrometheus:
    """Starts a server with the text of a configuration file."""

    def start(configuration: str) -> Prometheus:
        config = tmp_path / "prometheus.yml"
        config.write_text(configuration)
        server = Prometheus(f"127.0.0.1:{free_port()}")
        supervisor.start(
            "prometheus",
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                f"--web.listen-address={server.address}",
            ],
        )
        wait_until(server.targets, what="Prometheus answering", retry_on=(urllib.error.URLError, OSError))
        return server

    return start


def check_metrics(text: str) -> None:
    """Fails with the tool's words if a page of metrics breaks Prometheus' conventions."""
    _promtool("check", "metrics", text=text)


def check_config(path: Path) -> None:
    """Fails with the tool's words if a configuration file is wrong."""
    _promtool("check", "config", str(path))


def check_rules(cases: Path) -> None:
    """Fails with the tool's words if alarms do not sound as a file of cases says."""
    _promtool("test", "rules", str(cases))


def _promtool(*arguments: str, text: str = "") -> None:
    answer = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr

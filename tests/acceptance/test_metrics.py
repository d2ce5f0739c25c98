"""Metrics of a running Headrace, scraped by a real Prometheus."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest

from rig.dev import DevInstance
from rig.prometheus import StartPrometheus, check_config, check_metrics
from rig.waiting import wait_until

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "deploy/prometheus/prometheus.yml"
DOCUMENTED = ROOT / "docs/metrics.md"


@pytest.fixture(scope="module")
def page(numbers_dev: DevInstance) -> str:
    """A page of metrics after something has happened."""
    with numbers_dev.client() as client:
        assert client.wait(client.submit_job("process_numbers").run_id, timeout=30).succeeded
        client.schedules.trigger("process_numbers_schedule")
    with urllib.request.urlopen(f"{numbers_dev.web}/metrics", timeout=5) as response:
        return str(response.read().decode())


def test_the_page_keeps_the_conventions(page: str) -> None:
    check_metrics(page)


def test_every_family_is_documented_and_every_documented_one_is_there(page: str) -> None:
    served = set(re.findall(r"^# TYPE (headrace_\w+)", page, re.MULTILINE))
    documented = set(re.findall(r"`(headrace_\w+)`", DOCUMENTED.read_text()))
    assert documented - served == set()
    assert served - documented == set()


def test_a_run_is_counted_from_submit_to_end(page: str) -> None:
    labels = 'location="numbers"'
    assert re.search(rf'headrace_runs_submitted_total{{job="process_numbers",{labels}}} [1-9]', page)
    assert re.search(rf'headrace_runs_finished_total{{job="process_numbers",{labels},state="succeeded"}} [1-9]', page)
    for family in ("run_admit", "run_launch", "run_claim", "run_first_step", "run_duration", "step_duration"):
        assert re.search(rf"headrace_{family}_seconds_count\S* [1-9]", page), family


def test_the_configuration_that_we_ship_scrapes_it(numbers_dev: DevInstance, start_prometheus: StartPrometheus) -> None:
    check_config(CONFIG)
    text = CONFIG.read_text().replace("127.0.0.1:3000", numbers_dev.web.removeprefix("http://"))
    prometheus = start_prometheus(text.replace("scrape_interval: 15s", "scrape_interval: 1s").replace("5s", "1s"))
    found = wait_until(lambda: prometheus.query("headrace_build_info"), timeout=30, what="a scrape")
    assert found[0]["metric"]["job"] == "headrace-dev"
    states = prometheus.query('headrace_location_state{state="loaded"}')
    assert [(each["metric"]["location"], each["value"][1]) for each in states] == [("numbers", "1")]

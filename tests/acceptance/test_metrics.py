"""Metrics of a running Headrace, scraped by a real Prometheus."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from rig.cluster import SERVICES, StartCluster
from rig.dev import NUMBERS, DevInstance
from rig.prometheus import Page, StartPrometheus, check_config, check_metrics, check_rules, read_page
from rig.waiting import wait_until

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "deploy/prometheus/prometheus.yml"
RULES = ROOT / "deploy/prometheus/rules.yml"
DASHBOARD = ROOT / "deploy/grafana/headrace.json"
DOCUMENTED = ROOT / "docs/metrics.md"
DEFAULT_PORTS = {"gateway": 9270, "coordinator": 9271, "scheduler": 9272, "launcher": 9273, "storage": 9274}
MOVED = {
    "gateway": "rpc_server_handled_total",
    "coordinator": "runs_finished_total",
    "scheduler": "ticks_total",
    "launcher": "launches_total",
    "storage": "storage_batch_size_count",
}


@pytest.fixture(scope="module")
def done(numbers_dev: DevInstance) -> Page:
    """The metrics after something of everything has happened."""
    with numbers_dev.client() as client:
        for job_name in ("process_numbers", "process_numbers_asset"):
            assert client.wait(client.submit_job(job_name).run_id, timeout=30).succeeded
        (made,) = client.schedules.trigger("process_numbers_schedule").tick.run_ids
        assert client.wait(made, timeout=30).succeeded
        assert client.sensors.trigger("check_file_sensor").tick.result == "skipped"
        canceled = client.submit_job("process_numbers").run_id
        client.cancel(canceled)
        client.wait(canceled, timeout=30)

    def counted() -> Page | None:
        page = read_page(numbers_dev.web.removeprefix("http://"))
        return page if page.total("headrace_runs_finished_total") == 4 else None

    # Whoever follows a run sees its end a moment before it is counted.
    return cast(Page, wait_until(counted, what="all runs being counted"))


@pytest.fixture(scope="module")
def page(done: Page) -> str:
    return done.text


def test_the_page_keeps_the_conventions(page: str) -> None:
    check_metrics(page)


def test_every_family_is_documented_and_every_documented_one_is_there(page: str) -> None:
    served = set(re.findall(r"^# TYPE (headrace_\w+)", page, re.MULTILINE))
    documented = set(re.findall(r"`(headrace_\w+)`", DOCUMENTED.read_text()))
    assert documented - served == set()
    assert served - documented == set()


@pytest.mark.proves("P13")
def test_counters_agree_with_what_is_stored(numbers_dev: DevInstance, done: Page) -> None:
    with numbers_dev.client() as client:
        runs = client.list_runs(limit=None)
        schedule, sensor = client.schedules.ticks("process_numbers_schedule"), client.sensors.ticks("check_file_sensor")
    asked = done.total("headrace_runs_submitted_total"), done.total("headrace_run_requests_total")
    assert asked == (3, 1)
    assert len(runs) == 4
    for (state, job_name), count in Counter((str(run.state), run.job_name) for run in runs).items():
        labels = {"state": state, "job_name": job_name, "location": "numbers"}
        assert done.total("headrace_runs_finished_total", **labels) == count
    assert done.total("headrace_ticks_total", kind="schedule", result="succeeded") == len(schedule) == 1
    assert done.total("headrace_ticks_total", kind="sensor", result="skipped") == len(sensor) == 1


def test_every_span_of_a_run_is_measured(done: Page) -> None:
    for family in ("run_admit", "run_launch", "run_claim", "run_first_step", "run_duration"):
        assert done.total(f"headrace_{family}_seconds_count") >= 3, family
    assert done.total("headrace_step_duration_seconds_count", outcome="succeeded") >= 18
    assert done.total("headrace_tick_duration_seconds_count") == 2
    assert done.total("headrace_launches_total") >= 3
    assert done.total("headrace_storage_batch_size_count") > 10
    assert done.total("headrace_rpc_server_handled_total", method="CreateRun", code="OK") >= 3


def test_the_configuration_that_we_ship_scrapes_it(numbers_dev: DevInstance, start_prometheus: StartPrometheus) -> None:
    check_config(CONFIG)
    text = CONFIG.read_text().replace("127.0.0.1:3000", numbers_dev.web.removeprefix("http://"))
    prometheus = start_prometheus(text.replace("scrape_interval: 15s", "scrape_interval: 1s").replace("5s", "1s"))
    found = wait_until(lambda: prometheus.query("headrace_build_info"), timeout=30, what="a scrape")
    assert found[0]["metric"]["job"] == "headrace-dev"
    states = prometheus.query('headrace_location_state{state="loaded"}')
    assert [(each["metric"]["location"], each["value"][1]) for each in states] == [("numbers", "1")]


def test_no_alarm_sounds_while_all_is_well(
    numbers_dev: DevInstance, done: Page, start_prometheus: StartPrometheus, tmp_path: Path
) -> None:
    shutil.copy(RULES, tmp_path)
    text = CONFIG.read_text().replace("127.0.0.1:3000", numbers_dev.web.removeprefix("http://"))
    prometheus = start_prometheus(text.replace("15s", "1s\n  evaluation_interval: 1s").replace("5s", "1s"))

    def evaluated() -> list[dict[str, Any]]:
        rules = prometheus.rules()
        return rules if rules and all(rule["health"] != "unknown" for rule in rules) else []

    wait_until(lambda: prometheus.query("headrace_build_info"), timeout=30, what="a scrape")
    rules = wait_until(evaluated, timeout=30, what="every alarm being looked at")
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] != "ok"] == []
    # Of the two ways to run, only one is scraped here.
    assert {rule["name"] for rule in rules if rule["state"] != "inactive"} <= {"HeadraceDown"}
    for expression in shown():
        prometheus.query(expression.replace("$job", "headrace.*").replace("$__rate_interval", "1m"))


def shown() -> list[str]:
    """Returns what the panels of the dashboard ask Prometheus for."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", ())]


def test_alarms_and_dashboard_ask_for_what_is_served(page: str) -> None:
    served = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE))
    asked = set(re.findall(r"\b(?:headrace|process)_\w+", RULES.read_text() + "".join(shown())))
    assert {re.sub("_(bucket|count)$", "", name) for name in asked} - served == set()
    assert len(shown()) > 30


def test_every_alarm_is_explained() -> None:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    alarms = {(rule["alert"], rule["labels"]["severity"]) for group in groups for rule in group["rules"]}
    assert set(re.findall(r"^\| `(Headrace\w+)` \| (\w+) \|", DOCUMENTED.read_text(), re.MULTILINE)) == alarms


def test_alarms_sound_when_they_should_and_not_before(tmp_path: Path) -> None:
    cases = shutil.copy(Path(__file__).with_name("alarms.yml"), tmp_path)
    shutil.copy(RULES, tmp_path)
    check_rules(cases)


def test_the_configuration_that_we_ship_scrapes_every_service(
    start_cluster: StartCluster, start_prometheus: StartPrometheus
) -> None:
    cluster = start_cluster(NUMBERS)
    with cluster.client() as client:
        assert client.wait(client.submit_job("process_numbers").run_id, timeout=30).succeeded
        assert client.schedules.trigger("process_numbers_schedule").tick.result == "succeeded"
    text = CONFIG.read_text()
    for service, default in DEFAULT_PORTS.items():
        text = text.replace(f"127.0.0.1:{default}", cluster.metrics[service])
    prometheus = start_prometheus(text.replace("scrape_interval: 15s", "scrape_interval: 1s").replace("5s", "1s"))

    def up() -> set[str]:
        return {each["metric"]["service"] for each in prometheus.query('up{job="headrace"} == 1')}

    wait_until(lambda: up() == set(SERVICES), timeout=30, what="a scrape of every service")
    for service, moved in MOVED.items():
        found = prometheus.query(f'sum(headrace_{moved}{{service="{service}"}}) > 0')
        assert found, f"{service} {moved}"
    for service in SERVICES:
        check_metrics(read_page(cluster.metrics[service]).text)

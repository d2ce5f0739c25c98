"""The list of runs, and the overview."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from headrace.client import Run
from rig.console import launch, open_shop
from rig.dev import DevInstance
from rig.waiting import wait_until


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    """A shop in which nothing has happened yet."""
    yield from open_shop(tmp_path_factory.mktemp("shop"))


def test_runs_come_by_themselves_and_are_filtered(page: Page, shop: DevInstance) -> None:
    page.goto("/runs")
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    failed = launch(shop, "import_prices")
    row = page.locator(f'[data-row="{failed.run_id}"]')
    expect(row.get_by_text("Failed")).to_be_visible()
    launch(shop, "process_numbers")
    page.get_by_role("group", name="States").get_by_role("button", name="Failed").click()
    expect(page).to_have_url(re.compile("state=failed"))
    expect(row).to_be_visible()
    expect(page.get_by_role("link", name="process_numbers")).to_have_count(0)
    page.get_by_role("combobox", name="Job").select_option("nightly_report")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    page.get_by_role("button", name="Show all runs").click()
    expect(row).to_be_visible()


def test_a_run_that_comes_between_the_list_and_its_stream_is_shown(page: Page, shop: DevInstance) -> None:
    held: list[Route] = []
    made: list[Run] = []
    streams = "**/headrace.api.gateway.v1.EventService/WatchEvents"
    page.route(streams, lambda route: route.continue_() if made else held.append(route))
    page.goto("/runs?job=nightly_report")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    # Whatever is asked of the page lets the stream's request through to us.
    wait_until(lambda: page.title() and held, what="the stream")
    made.append(launch(shop, "nightly_report", location_name="shop"))
    for route in held:
        route.continue_()
    expect(page.locator(f'[data-row="{made[0].run_id}"]')).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def test_runs_are_found_by_a_tag(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "process_numbers", tags={"colour": "green"})
    page.goto("/runs")
    page.get_by_role("textbox", name="Tag").fill("colour=green")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator(f'[data-row="{run.run_id}"]')).to_be_visible()


def test_many_runs_are_canceled_and_retried_at_once(page: Page, shop: DevInstance) -> None:
    made = [launch(shop, "slow_export", wait=False) for _ in range(3)]
    page.goto("/runs?job=slow_export")
    for run in made:
        row = page.locator(f'[data-row="{run.run_id}"]')
        expect(row.get_by_text("Running")).to_be_visible()
        row.get_by_role("checkbox").check()
    page.get_by_role("region", name="Chosen runs").get_by_role("button", name="Cancel 3").click()
    page.get_by_role("button", name="Cancel 3 runs").click()
    expect(page.get_by_text("3 runs canceled.")).to_be_visible()
    for run in made:
        expect(page.locator(f'[data-row="{run.run_id}"]').get_by_text("Canceled")).to_be_visible()
    page.locator(f'[data-row="{made[0].run_id}"]').get_by_role("checkbox").check()
    page.get_by_role("button", name="Retry 1").click()
    expect(page.get_by_text("1 run retried.")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(4)
    with shop.client() as client:
        for run in client.list_runs(job_name="slow_export"):
            client.cancel(run.run_id)


def test_the_overview_tells_what_failed_and_what_goes_on(page: Page, shop: DevInstance) -> None:
    page.goto("/")
    run = launch(shop, "import_prices")
    expect(page.get_by_role("link", name=re.compile("import_prices.*failed")).first).to_be_visible()
    expect(page.get_by_text("PriceMissing: row 1 of the feed has no price").first).to_be_visible()
    page.locator(f'a[href="/runs/{run.run_id}"]').last.click()
    expect(page.get_by_text("Step parse_prices failed")).to_be_visible()

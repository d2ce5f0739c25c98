"""Jobs and assets beyond their graphs: the launchpad, partitions, metadata, what users wrote."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from rig.dev import DevInstance

LAUNCHPAD = "/locations/warehouse.py/jobs/load_visits?tab=launchpad"


@pytest.fixture(scope="module")
def shop(warehouse: DevInstance) -> DevInstance:
    """The deployment with the warehouse."""
    return warehouse


def type_config(page: Page, *lines: str) -> None:
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    editor.fill("\n".join(lines))


def test_wrong_configuration_is_marked_at_its_line_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto(LAUNCHPAD)
    type_config(page, "ops:", "  load:", "    config:", "      rows: many")
    expect(page.get_by_role("status", name="Problems").get_by_text("line 4")).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    expect(page.get_by_role("button", name="Launch")).to_be_disabled()
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("rows: many")
    type_config(page, "ops: [")
    expect(page.get_by_role("status", name="Problems")).to_be_visible()


def test_a_run_is_launched_with_configuration_that_fits(page: Page) -> None:
    page.goto(LAUNCHPAD)
    page.get_by_role("combobox", name="Fill in").select_option("What must be given")
    expect(page.locator(".cm-content")).to_contain_text("rows: # whole number")
    type_config(page, "ops: {load: {config: {rows: 4}}}")
    expect(page.get_by_text("4 steps")).to_be_visible()
    page.get_by_role("textbox", name=re.compile("Tags")).fill("why=test")
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile("/runs/"))
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible()
    page.goto("/locations/warehouse.py/jobs/load_visits?tab=runs")
    expect(page.get_by_role("table", name="Runs").get_by_text("why")).to_be_visible()


def test_a_preset_of_the_job_is_filled_in_and_launched_in_the_terminal_too(page: Page, shop: DevInstance) -> None:
    page.goto(LAUNCHPAD)
    page.get_by_role("combobox", name="Fill in").select_option("a few")
    expect(page.locator(".cm-content")).to_contain_text("rows: 5")
    expect(page.get_by_text("4 steps")).to_be_visible()
    launched = shop.cli("job", "launch", "load_visits", "--preset", "a few", "--json", "--detach")
    assert launched.code == 0, launched
    page.goto(f"/runs/{json.loads(launched.out)['run_id']}?tab=details")
    expect(page.get_by_text("rows: 5")).to_be_visible()
    answer = shop.cli("job", "launch", "load_visits", "--preset", "many")
    assert (answer.code, "it has: 'a few'" in answer.err) == (2, True)


def test_the_schema_completes_what_is_typed(page: Page) -> None:
    page.goto(LAUNCHPAD)
    type_config(page, "ops:", "  load:", "    config:", "      ")
    page.locator(".cm-content").press("End")
    page.keyboard.type("ta")
    expect(page.get_by_role("option", name=re.compile("table.*text"))).to_be_visible()


def test_configuration_of_an_asset_is_completed_and_marked_where_it_is_materialized(page: Page) -> None:
    page.goto("/assets/loaded")
    page.get_by_role("button", name="Materialize", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status", name="Problems")).to_be_visible()
    expect(dialog.get_by_role("button", name="Materialize", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="Fill in what must be given").click()
    expect(page.locator(".cm-content")).to_contain_text("rows: # whole number")
    type_config(page, "ops:", "  loaded:", "    config:", "      rows: many")
    expect(dialog.get_by_role("status", name="Problems").get_by_text("line 4")).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    type_config(page, "ops:", "  loaded:", "    config:", "      rows: 4", "      ")
    page.locator(".cm-content").press("Control+End")
    page.keyboard.type("ta")
    page.get_by_role("option", name=re.compile("table.*text")).click()
    page.keyboard.type("trips")
    dialog.get_by_role("button", name="Materialize", exact=True).click()
    expect(page).to_have_url(re.compile("/runs/"))
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible()


def test_that_several_locations_make_several_runs_is_told_before_it_happens(page: Page) -> None:
    page.goto("/assets")
    page.get_by_role("button", name="Materialize all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("These assets are in 2 locations: one run is made in each")).to_be_visible()
    dialog.get_by_text("Configuration and tags").click()
    expect(dialog.get_by_text("where all assets are in one location")).to_be_visible()


def test_graphs_inside_graphs_open_and_close(page: Page) -> None:
    page.goto("/locations/warehouse.py/jobs/load_visits")
    nodes = page.locator(".react-flow__node")
    expect(nodes).to_have_count(5)
    page.get_by_role("button", name="Hide what is inside change").click()
    expect(nodes).to_have_count(3)
    page.get_by_role("button", name="Show what is inside change").click()
    expect(nodes.filter(has_text="add_one")).to_be_visible()


def test_partitions_are_made_by_a_backfill_and_shown_as_a_strip(page: Page) -> None:
    page.goto("/assets/visits?tab=partitions")
    expect(page.get_by_role("heading", name="60 partitions")).to_be_visible()
    page.get_by_role("button", name="Materialize", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Range").click()
    dialog.get_by_label("From").fill("2024-01-12")
    dialog.get_by_label("To").fill("2024-01-14")
    dialog.get_by_role("button", name="Materialize", exact=True).click()
    expect(page).to_have_url(re.compile("/backfills/"))
    expect(page.get_by_text("Failed", exact=True).first).to_be_visible()
    expect(page.get_by_label("2 of 3 made, 1 failed").first).to_be_visible()
    page.get_by_role("link", name="visits").first.click()
    expect(page.get_by_role("button", name="2024-01-13: failed")).to_be_visible()
    page.get_by_role("button", name="2024-01-14: materialized").click()
    expect(page.get_by_text("1,400")).to_be_visible()
    page.goto("/backfills")
    expect(page.get_by_role("row").filter(has_text="visits").get_by_text("Failed", exact=True)).to_be_visible()


def test_partitions_that_are_behind_what_they_are_made_from_are_told_and_made(page: Page, shop: DevInstance) -> None:
    with shop.client() as client:
        for day, assets in (
            ("05", ["arrivals", "arrivals_by_hour"]),
            ("06", ["arrivals", "arrivals_by_hour"]),
            ("05", ["arrivals"]),
        ):
            client.wait(client.materialize(assets, partition_key=f"2024-01-{day}").run_id, timeout=60)
    page.goto("/assets/arrivals_by_hour?tab=partitions")
    expect(page.get_by_role("button", name="2024-01-05: stale")).to_be_visible()
    expect(page.get_by_role("button", name="2024-01-06: materialized")).to_be_visible()
    expect(page.get_by_text("1 stale", exact=True)).to_be_visible()
    page.goto("/assets?q=group:doors and status:stale")
    expect(
        page.get_by_role("row").filter(has_text="arrivals_by_hour").get_by_title("1 of its partitions")
    ).to_be_visible()
    page.get_by_role("button", name="Materialize 1 stale or missing").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Stale")).to_be_checked()
    dialog.get_by_role("button", name="Materialize", exact=True).click()
    expect(page).to_have_url(re.compile("/runs/"))
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible()
    page.goto("/assets/arrivals_by_hour?tab=partitions")
    expect(page.get_by_role("button", name="2024-01-05: materialized")).to_be_visible()


def test_a_backfill_is_canceled_and_what_it_has_not_made_is_made(page: Page) -> None:
    page.goto("/locations/warehouse.py/jobs/whole_archive?tab=launchpad")
    page.get_by_role("radio", name="All").click()
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile("/backfills/"))
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Canceled", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Make what is missing").click()
    expect(page.get_by_text("what another one has not made")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Canceled", exact=True).first).to_be_visible()


def test_numbers_of_the_metadata_are_plotted_over_time(page: Page, shop: DevInstance) -> None:
    with shop.client() as client:
        for _ in range(2):
            run = client.submit_job("__ASSET_JOB", asset_selection=["numbers_seen"])
            client.wait(run.run_id, timeout=60)
    page.goto("/assets/numbers_seen")
    expect(page.get_by_role("img", name="rows over 2 materializations, from 2 to 2")).to_be_visible()


def test_conditions_of_automation_are_shown_as_a_tree(page: Page) -> None:
    page.goto("/assets/numbers_report?tab=automation")
    expect(page.get_by_text("eager")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/no/such",
        "/backfills/nope",
        "/locations/warehouse.py/jobs/nope",
        "/automation/sensors/warehouse.py/nope",
    ],
)
def test_what_is_not_there_is_told(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_text("There is no such")).to_be_visible()


def test_a_selection_that_cannot_be_read_is_told(page: Page) -> None:
    page.goto("/assets?q=colour:red")
    expect(page.get_by_text("This selection cannot be read")).to_be_visible()

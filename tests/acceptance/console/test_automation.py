"""Schedules and sensors: switched on and ticking, tested without consequences, failing with a reason."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from rig.dev import DevInstance

TICK_MS = 75_000
AT_LENGTH = bool(os.environ.get("HEADRACE_CONSOLE_AT_LENGTH"))
SCHEDULE = "/automation/schedules/definitions.py/process_numbers_schedule"
EVERY_MINUTE = "/automation/schedules/definitions.py/process_numbers_asset_every_minute"


@pytest.fixture(scope="module")
def shop(warehouse: DevInstance) -> DevInstance:
    """The deployment with the warehouse."""
    return warehouse


def test_a_schedule_is_switched_on(page: Page) -> None:
    page.goto("/automation")
    page.get_by_role("switch", name="process_numbers_schedule is off").click()
    expect(page.get_by_role("switch", name="process_numbers_schedule is on")).to_be_visible()
    expect(page.get_by_text(re.compile(r"1 of \d+ switched on"))).to_be_visible()


def test_a_sensor_that_is_switched_on_ticks_and_is_seen_live(page: Page) -> None:
    page.goto("/automation/sensors/warehouse.py/watch_files")
    expect(page.get_by_text("Not evaluated yet")).to_be_visible()
    page.get_by_role("switch", name="watch_files is off").click()
    expect(page.get_by_text("looked 1 times").first).to_be_visible()
    expect(page.get_by_text("looked 2 times").first).to_be_visible()
    page.get_by_role("switch", name="watch_files is on").click()
    expect(page.get_by_role("switch", name="watch_files is off")).to_be_visible()


def test_a_sensor_that_fails_shows_why(page: Page) -> None:
    page.goto("/automation/sensors/warehouse.py/broken_sensor")
    page.get_by_role("switch").click()
    expect(page.get_by_text("Its latest")).to_be_visible()
    page.get_by_role("group", name="Ticks over time").get_by_role("button", name=re.compile("Failed")).first.click()
    expect(page.get_by_text("in broken_sensor").first).to_be_visible()
    page.goto("/")
    expect(page.get_by_text(re.compile("Its latest.* failed"))).to_be_visible()
    page.get_by_role("link", name="broken_sensor").click()
    page.get_by_role("switch", name="broken_sensor is on").click()
    expect(page.get_by_role("switch", name="broken_sensor is off")).to_be_visible()


def test_a_test_evaluation_has_no_consequences(page: Page) -> None:
    page.goto("/automation/sensors/warehouse.py/watch_files")
    page.get_by_role("button", name="Test evaluation").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("41")
    dialog.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.get_by_text("No runs asked for")).to_be_visible()
    expect(dialog.get_by_text("looked 42 times").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("looked 42 times")).to_have_count(0)


def test_a_cursor_is_set(page: Page) -> None:
    page.goto("/automation/sensors/warehouse.py/watch_files")
    page.get_by_role("button", name="Set", exact=True).click()
    dialog = page.get_by_role("dialog", name="Set the cursor")
    dialog.get_by_role("textbox").fill("100")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_role("main").get_by_text("100", exact=True)).to_be_visible()


def test_a_schedule_is_previewed_and_tested(page: Page) -> None:
    page.goto(SCHEDULE)
    expect(page.get_by_role("heading", name="When it is due")).to_be_visible()
    page.get_by_role("button", name="Test evaluation").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("no time")
    dialog.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.get_by_text("is no moment")).to_be_visible()
    dialog.get_by_role("textbox").fill("2026-01-31T06:00Z")
    dialog.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.get_by_text("1 run asked for")).to_be_visible()


def test_a_tick_of_a_schedule_leads_to_the_run_it_asked_for(page: Page, shop: DevInstance) -> None:
    page.goto(SCHEDULE)
    with shop.client() as client:
        client.schedules.trigger("process_numbers_schedule")
    follow_to_the_run(page)


@pytest.mark.skipif(not AT_LENGTH, reason="waits for the minute: set HEADRACE_CONSOLE_AT_LENGTH=1")
def test_a_schedule_that_is_switched_on_ticks_at_the_minute(page: Page) -> None:
    page.goto(EVERY_MINUTE)
    page.get_by_role("switch", name="process_numbers_asset_every_minute is off").click()
    expect(page.get_by_text("Asked for runs").first).to_be_visible(timeout=TICK_MS)
    follow_to_the_run(page)


def follow_to_the_run(page: Page) -> None:
    page.get_by_text("Asked for runs").first.click()
    page.get_by_text("Runs:").get_by_role("link").first.click()
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible()

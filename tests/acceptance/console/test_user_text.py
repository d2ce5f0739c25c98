"""What users wrote is text, wherever it is shown."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from rig.dev import DevInstance


def test_html_in_metadata_is_never_executed(page: Page, shop: DevInstance) -> None:
    with shop.client() as client:
        run = client.submit_job("__ASSET_JOB", location_name="shop", asset_selection=["orders", "revenue"])
        client.wait(run.run_id, timeout=60)
    page.goto("/assets/orders")
    expect(page.get_by_text("<img src=x onerror=")).to_be_visible()
    assert page.locator("main img").count() == 0
    assert page.locator("main a[href^='javascript']").count() == 0
    page.get_by_role("link", name="Events").click()
    page.get_by_text("Materialized", exact=True).last.click()
    expect(page).to_have_title(re.compile("orders · Headrace"))


def test_checks_are_shown_with_their_verdicts(page: Page) -> None:
    page.goto("/assets/orders?tab=checks")
    expect(page.get_by_role("heading", name="orders_not_empty").get_by_text("Passed")).to_be_visible()

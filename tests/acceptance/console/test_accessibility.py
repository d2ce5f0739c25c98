"""Whoever cannot see, or has no mouse, finds the same: checked with axe in both themes and at both widths."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from headrace_services.gateway.console_files import CONSOLE
from rig.console import PHONE, expect_to_fit, launch
from rig.dev import DevInstance

AXE = (CONSOLE.parent / "node_modules/axe-core/axe.min.js").read_text() if CONSOLE.is_dir() else ""
SERIOUS = {"serious", "critical"}
PATHS = [
    "/",
    "/runs",
    "/runs/{run}",
    "/runs/{run}?tab=output",
    "/runs/{run}?tab=details",
    "/jobs",
    "/locations/shop/jobs/nightly_report",
    "/locations/shop/jobs/nightly_report?tab=launchpad",
    "/assets",
    "/assets?view=graph",
    "/assets/orders",
    "/assets/orders?tab=lineage",
    "/assets/orders?tab=checks",
    "/automation",
    "/automation/schedules/shop/every_morning",
    "/backfills",
    "/deployment",
    "/deployment?tab=services",
    "/deployment?tab=queue",
    "/deployment?tab=instance",
]


@pytest.fixture(scope="module")
def run_id(shop: DevInstance) -> str:
    return launch(shop, "import_prices").run_id


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_serious_violation(page: Page, run_id: str, path: str) -> None:
    see(page, path, run_id, "light")
    assert violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert violations(page) == []
    expect_to_fit(page, PHONE["width"])


@pytest.mark.parametrize("path", ["/", "/runs/{run}", "/deployment"])
def test_a_page_has_no_serious_violation_in_the_dark(page: Page, run_id: str, path: str) -> None:
    see(page, path, run_id, "dark")
    assert violations(page) == []


def see(page: Page, path: str, run_id: str, theme: str) -> None:
    """Opens a page, and waits until nothing on it is being read or moves."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(path.format(run=run_id))
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("load")
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)


def violations(page: Page) -> list[str]:
    """What axe has to say, with where."""
    if not page.evaluate("'axe' in window"):
        # Evaluated by the debugger, not by the page: its own policy stays as it is.
        page.evaluate(AXE)
    only = "{resultTypes: ['violations']}"
    found: list[dict[str, Any]] = page.evaluate(f"axe.run(document, {only}).then(result => result.violations)")
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in SERIOUS
    ]

"""Many windows of one browser, which opens six connections to a host for all of them."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from rig.console import PATIENCE_MS, launch, newest_line
from rig.dev import DevInstance
from rig.waiting import wait_until

WINDOWS = 7


def test_with_seven_windows_of_a_run_open_the_eighth_loads_and_all_of_them_go_on(
    context: BrowserContext, shop: DevInstance
) -> None:
    run = launch(shop, "slow_export", wait=False)
    windows = [watching(context, run.run_id) for _ in range(WINDOWS)]
    eighth = context.new_page()
    eighth.set_default_timeout(PATIENCE_MS)
    eighth.goto("/jobs")
    expect(eighth.get_by_role("link", name="slow_export")).to_be_visible()
    # Each goes on by turns: a line that is written from now on comes to every one of them.
    written = max(newest_line(window) for window in windows)
    for number, window in enumerate(windows):
        wait_until(lambda shown=window: newest_line(shown) > written, what=f"a new line in window {number}")  # type: ignore[misc]
    with shop.client() as client:
        client.cancel(run.run_id)
    for window in windows:
        expect(window.get_by_text("Canceled", exact=True).first).to_be_visible()


def watching(context: BrowserContext, run_id: str) -> Page:
    """A window in which the output of a run goes by."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"/runs/{run_id}?tab=output")
    expect(page.get_by_role("heading", level=1, name="slow_export")).to_be_visible()
    return page

"""One run: how far it is, what happened, what it wrote, and what can be done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from rig.console import Work, launch, newest_line
from rig.dev import DevInstance
from rig.waiting import wait_until

# Of the page's own work: for a scroll by forty rows a frame, which is faster than anybody's, and for a question.
FRAME_LIMIT_S = 0.1
ANSWER_LIMIT_S = 1.0


def test_a_failing_run_is_read_down_to_its_traceback(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "import_prices")
    page.goto(f"/runs/{run.run_id}")
    expect(page.get_by_text("Failed", exact=True).first).to_be_visible()
    expect(page.get_by_text("Step parse_prices failed")).to_be_visible()
    page.get_by_text("Traceback").first.click()
    expect(page.get_by_text("raise PriceMissing").first).to_be_visible()
    expect(page.get_by_text("Caused by")).to_be_visible()
    page.get_by_role("button", name="Its output").click()
    expect(page.get_by_text("parsing 1 rows")).to_be_visible()
    # What user code wrote looks like HTML and is text.
    expect(page).to_have_title(re.compile("Headrace$"))
    assert page.locator("main img").count() == 0


def test_steps_are_told_by_their_states_and_attempts(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "import_prices")
    page.goto(f"/runs/{run.run_id}")
    for text in ("1 failed", "1 succeeded", "1 skipped"):
        expect(page.get_by_role("button", name=text)).to_be_visible()
    expect(page.get_by_title(re.compile("fetch_prices, attempt 1: failed"))).to_be_visible()
    expect(page.get_by_title(re.compile("fetch_prices, attempt 2: succeeded"))).to_be_visible()


def test_events_are_filtered_and_searched(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "nightly_report", location_name="shop")
    page.goto(f"/runs/{run.run_id}")
    page.get_by_role("searchbox", name="Search in events").fill("no country")
    expect(page.get_by_text("12 orders have no country")).to_be_visible()
    expect(page.get_by_text(re.compile(r"1 of \d+ events"))).to_be_visible()
    page.get_by_role("searchbox", name="Search in events").fill("")
    page.get_by_role("combobox", name="What events are about").select_option("logs")
    expect(page.get_by_text("reading orders")).to_be_visible()
    expect(page.get_by_role("list").get_by_text("run is succeeded")).to_have_count(0)


def test_a_run_is_seen_live_and_canceled(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "slow_export", wait=False)
    page.goto(f"/runs/{run.run_id}?tab=output")
    first = wait_until(lambda: newest_line(page), what="output")
    wait_until(lambda: newest_line(page) > first, what="more output")
    page.get_by_role("button", name="Cancel run").click()
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_text("Canceled", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Retry", exact=True)).to_be_visible()


def test_a_run_is_retried_from_where_it_failed(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "import_prices")
    page.goto(f"/runs/{run.run_id}")
    timeline = page.get_by_role("group", name="Timeline of steps")
    expect(timeline.get_by_role("button", name="fetch_prices")).to_be_visible()
    page.get_by_role("button", name="Retry", exact=True).click()
    page.get_by_role("menuitem", name="From where it failed").click()
    expect(page.get_by_text("retry of")).to_be_visible()
    expect(page.get_by_text("Step parse_prices failed")).to_be_visible()
    # fetch_prices had succeeded: it is no part of the new run.
    expect(timeline.get_by_role("button", name="fetch_prices")).to_have_count(0)


def test_chosen_steps_are_repeated(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "nightly_report", location_name="shop")
    page.goto(f"/runs/{run.run_id}")
    page.get_by_role("checkbox", name="Choose top_customers").check()
    page.get_by_role("button", name="Retry", exact=True).click()
    page.get_by_role("menuitem", name="Chosen steps and below (2)").click()
    expect(page.get_by_text("retry of")).to_be_visible()
    expect(page.get_by_role("button", name="2 succeeded")).to_be_visible()


def test_the_graph_shows_the_states_of_steps(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "import_prices")
    page.goto(f"/runs/{run.run_id}")
    page.get_by_role("radio", name="Graph").click()
    expect(page).to_have_url(re.compile("view=graph"))
    expect(page.get_by_text("store_prices").first).to_be_visible()


def test_configuration_and_tags_are_told(page: Page, shop: DevInstance) -> None:
    config = {"ops": {"publish_report": {"config": {"channel": "board"}}}}
    run = launch(shop, "nightly_report", location_name="shop", run_config=config, tags={"colour": "green"})
    page.goto(f"/runs/{run.run_id}?tab=details")
    expect(page.get_by_text("channel: board")).to_be_visible()
    expect(page.get_by_title("Runs with colour=green").first).to_be_visible()


def test_a_run_that_is_not_there_is_told(page: Page) -> None:
    page.goto("/runs/01a2040e-460c-75d9-b447-000000000000")
    expect(page.get_by_role("heading", name="There is no such run")).to_be_visible()


@pytest.fixture(scope="module")
def large(shop: DevInstance) -> str:
    """The id of a run with 2,000 steps and 58,000 events."""
    return launch(shop, "many_parts").run_id


@pytest.mark.timeout(240)
def test_two_thousand_steps_and_fifty_thousand_events_stay_responsive(page: Page, large: str) -> None:
    page.goto(f"/runs/{large}")
    expect(page.get_by_role("button", name="2,001 succeeded")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^58,\d+ events$"))).to_be_visible()
    assert page.locator("li").count() < 300
    work = Work(page)
    page.get_by_role("searchbox", name="Search in events").fill("part 1999 line 19")
    expect(page.get_by_text("part 1999 line 19")).to_be_visible()
    page.get_by_role("searchbox", name="Filter steps").fill("p1999")
    expect(page.get_by_role("button", name="handle[p1999]").first).to_be_visible()
    page.get_by_role("searchbox", name="Search in events").fill("")
    expect(page.get_by_text(re.compile(r"^58,\d+ events$"))).to_be_visible()
    assert work.seconds() < 3 * ANSWER_LIMIT_S
    scroll(page, frames=60)
    assert work.seconds() / 60 < FRAME_LIMIT_S


def test_the_graph_of_two_thousand_steps_is_one_of_groups_that_open(page: Page, large: str) -> None:
    page.goto(f"/runs/{large}?view=graph")
    cards = page.locator(".react-flow__node")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="handle[…]")).to_contain_text("2,000 of 2,000")
    work = Work(page)
    page.get_by_role("button", name="Show what is inside handle[…]").click()
    expect(cards.filter(has_text="handle[p0]")).to_be_visible()
    assert work.seconds() < ANSWER_LIMIT_S
    expect(cards.filter(has_text="1,900 more")).to_have_count(1)
    page.get_by_role("button", name="Hide what is inside handle[…]").click()
    expect(cards).to_have_count(2)


def scroll(page: Page, *, frames: int) -> None:
    """Scrolls through the events, by forty rows in each frame."""
    page.evaluate(
        """async frames => {
            const list = document.querySelector('[aria-label="Events"]');
            for (let frame = 0; frame < frames; frame += 1) {
                list.scrollTop += 1200;
                await new Promise(requestAnimationFrame);
            }
        }""",
        frames,
    )

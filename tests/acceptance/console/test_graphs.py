"""The seed's two graphs, and what can be done from them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from rig.console import PHONE, expect_to_fit, launch, open_shop
from rig.dev import DevInstance
from rig.waiting import wait_until

OPS = {
    "generate_numbers": 0,
    "filter_even_numbers": 1,
    "filter_odd_numbers": 1,
    "sum_even_numbers": 2,
    "sum_odd_numbers": 2,
    "sum_two_sums": 3,
}
ASSETS = {
    "generated_numbers": 0,
    "filtered_even_numbers": 1,
    "filtered_odd_numbers": 1,
    "summed_even_numbers": 2,
    "summed_odd_numbers": 2,
    "summed_two_sums": 3,
}
JOB = "/locations/numbers/jobs/process_numbers"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    """A shop in which nothing has happened yet."""
    yield from open_shop(tmp_path_factory.mktemp("shop"))


def card(page: Page, name: str) -> Locator:
    return page.locator(".react-flow__node").filter(has=page.get_by_text(name, exact=True))


def ranks(page: Page, names: dict[str, int], side: str) -> dict[str, int]:
    """The names by how far along the graph they are drawn."""
    expect(page.locator(".react-flow__node")).to_have_count(len(names))
    boxes = {name: card(page, name).bounding_box() for name in names}
    places = sorted({round(box[side] / 30) for box in boxes.values() if box})  # type: ignore[literal-required]
    return {name: places.index(round(box[side] / 30)) for name, box in boxes.items() if box}  # type: ignore[literal-required]


def test_the_graph_of_ops_flows_down_from_what_is_generated_to_the_sum(page: Page) -> None:
    page.goto(JOB)
    wait_until(lambda: ranks(page, OPS, "y") == OPS, what="ops in their order")
    expect(page.locator("section[aria-label='Ops of process_numbers'] path[marker-end]")).to_have_count(6)
    card(page, "sum_two_sums").get_by_role("button").click()
    panel = page.get_by_role("complementary", name="sum_two_sums")
    expect(panel.get_by_text("Sum the two numbers")).to_be_visible()
    expect(panel.get_by_text("from sum_even_numbers")).to_be_visible()
    expect(page).to_have_url(re.compile("op=sum_two_sums"))


def test_the_graph_shows_how_far_the_latest_run_is(page: Page, shop: DevInstance) -> None:
    page.goto(JOB)
    graph = page.get_by_role("region", name="Ops of process_numbers")
    graph.evaluate("element => element.setAttribute('data-seen', '')")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("The run is queued.")).to_be_visible()
    for name in OPS:
        expect(card(page, name).get_by_text("Succeeded")).to_be_visible()
    # It is the same graph: what one had moved it to stays in sight when the first run begins.
    expect(graph).to_have_attribute("data-seen", "")


def test_a_graph_that_is_left_while_it_is_being_drawn_complains_of_nothing(page: Page) -> None:
    # The graph library puts some of its work off by a millisecond: here it comes long after everything is gone.
    page.add_init_script(
        "const real = setTimeout; window.setTimeout = (act, ms, ...rest) => real(act, ms === 1 ? 500 : ms, ...rest)"
    )
    page.goto(JOB)
    expect(page.locator(".react-flow__node")).to_have_count(len(OPS))
    page.get_by_role("link", name="Launchpad").click()
    expect(page.locator(".react-flow__node")).to_have_count(0)
    page.evaluate("new Promise(resolve => setTimeout(resolve, 600))")


def test_assets_are_materialized_from_their_graph_and_watched_to_the_end(page: Page, shop: DevInstance) -> None:
    page.goto("/assets?view=graph&q=group:numbers")
    wait_until(lambda: ranks(page, ASSETS, "x") == ASSETS, what="assets in their order")
    expect(card(page, "summed_two_sums").get_by_text("Never materialized")).to_be_visible()
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_role("dialog").get_by_role("button", name="Materialize", exact=True).click()
    for name in ASSETS:
        expect(card(page, name).get_by_text("Materialized", exact=True)).to_be_visible()
    card(page, "summed_two_sums").get_by_role("button").click()
    aside = page.get_by_role("complementary", name="summed_two_sums")
    aside.get_by_role("link", name="summed_two_sums").click()
    expect(page.get_by_role("heading", level=1, name="summed_two_sums")).to_be_visible()
    expect(page.get_by_text("Latest materialization")).to_be_visible()


def test_assets_are_chosen_on_the_graph_and_materialized_together(page: Page) -> None:
    page.goto("/assets?view=graph&q=group:numbers")
    card(page, "generated_numbers").get_by_role("button").first.click(modifiers=["Shift"])
    card(page, "filtered_odd_numbers").get_by_role("button").first.click(modifiers=["ControlOrMeta"])
    card(page, "summed_two_sums").hover()
    card(page, "summed_two_sums").get_by_role("checkbox", name="Select summed_two_sums").click()
    card(page, "summed_two_sums").get_by_role("button").first.click(modifiers=["Shift"])
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.get_by_role("button", name="Materialize 2 selected").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_text(
        ["filtered_odd_numbers", "generated_numbers"]
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.goto("/assets?view=graph")
    card(page, "numbers").get_by_role("button").first.click(modifiers=["Shift"])
    expect(page.get_by_role("button", name="Materialize 6 selected")).to_be_visible()


def test_an_asset_is_stale_as_soon_as_what_it_is_made_from_is_newer(page: Page, shop: DevInstance) -> None:
    launch(shop, "process_numbers_asset")
    page.goto("/assets?q=group:numbers and status:stale")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.goto("/assets/generated_numbers")
    page.get_by_role("button", name="Materialize", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Materialize", exact=True).click()
    # Who leaves before the answer has come takes the question along.
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("/assets?q=group:numbers and status:stale")
    expect(page.get_by_text("5 assets of")).to_be_visible()
    page.get_by_role("button", name="Materialize 5 stale or missing").click()
    page.get_by_role("dialog").get_by_role("button", name="Materialize", exact=True).click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_the_lineage_of_an_asset_leads_to_those_around(page: Page) -> None:
    page.goto("/assets/filtered_even_numbers?tab=lineage")
    page.get_by_role("radio", name="1 step").click()
    expect(page.locator(".react-flow__node")).to_have_count(3)
    card(page, "summed_even_numbers").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1, name="summed_even_numbers")).to_be_visible()


def test_groups_are_closed_and_opened(page: Page) -> None:
    page.goto("/assets?view=graph")
    page.get_by_role("button", name="Hide what is inside numbers").click()
    expect(card(page, "generated_numbers")).to_have_count(0)
    expect(card(page, "numbers").get_by_text("6 assets")).to_be_visible()
    page.get_by_role("button", name="Show what is inside numbers").click()
    expect(card(page, "generated_numbers")).to_be_visible()


def test_a_graph_fits_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(JOB)
    expect(page.locator(".react-flow__node")).to_have_count(6)
    expect_to_fit(page, PHONE["width"])
    for name in OPS:
        wait_until(lambda name=name: within(card(page, name), PHONE["width"]), what=f"{name} on the screen")  # type: ignore[misc]


def within(node: Locator, width: int) -> bool:
    """Whether a node is on the screen from side to side."""
    box = node.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width

"""What is around every page."""

from __future__ import annotations

import gzip
import re
import urllib.request
from datetime import timedelta, timezone

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from headrace_services.gateway.console_files import CONSOLE
from rig.console import DESKTOP, PHONE, Work, expect_to_fit, launch
from rig.dev import DevInstance

INITIAL_LIMIT_BYTES = 300_000
# Of the processor; what a clock says, the benchmark of the console measures.
FIRST_PAGE_LIMIT_S = 1.0
DARK = "rgb(11, 18, 21)"
PAGES = ["Overview", "Runs", "Jobs", "Assets", "Automation", "Backfills", "Deployment"]


def test_every_page_is_reached_from_every_other(page: Page) -> None:
    page.goto("/")
    for name in PAGES:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(page).to_have_title(f"{name} · Headrace")


def test_an_address_leads_to_its_page_at_once(page: Page) -> None:
    page.goto("/runs?state=failed")
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()


@pytest.mark.parametrize("kind, name", [("Job", "nightly_report"), ("Asset", "revenue"), ("Schedule", "every_morning")])
def test_a_slash_searches_everything(page: Page, kind: str, name: str) -> None:
    page.goto("/")
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Search everything").fill(name)
    expect(page.get_by_role("option", name=re.compile(f"{name}.*{kind}")).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)


def test_a_run_is_found_by_its_id(page: Page, shop: DevInstance) -> None:
    run = launch(shop, "process_numbers")
    page.goto("/")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("combobox").fill(run.run_id)
    expect(page.get_by_role("option", name="process_numbers")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/runs/{run.run_id}$"))


def test_keys_lead_to_pages_and_are_explained(page: Page) -> None:
    page.goto("/")
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_keys_that_are_typed_into_a_field_stay_there(page: Page) -> None:
    page.goto("/runs")
    field = page.get_by_role("textbox", name="Tag")
    field.fill("")
    field.press_sequentially("gr/?")
    expect(field).to_have_value("gr/?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_theme_is_kept(page: Page, context: BrowserContext) -> None:
    page.goto("/")
    page.get_by_role("radio", name="Dark").click()
    expect(page.locator("body")).to_have_css("background-color", DARK)
    other = context.new_page()
    other.goto("/runs")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_system_decides_on_colours_until_somebody_does(chromium: Browser, shop: DevInstance) -> None:
    context = chromium.new_context(base_url=shop.web, color_scheme="dark")
    page = context.new_page()
    page.goto("/")
    expect(page.locator("body")).to_have_css("background-color", DARK)
    context.close()


def test_times_are_those_of_the_reader_or_of_servers(chromium: Browser, shop: DevInstance) -> None:
    run = launch(shop, "process_numbers")
    made = run.create_time
    assert made is not None
    there = made.astimezone(timezone(timedelta(hours=5, minutes=30)))
    context = chromium.new_context(base_url=shop.web, timezone_id="Asia/Kolkata")
    page = context.new_page()
    page.goto(f"/runs/{run.run_id}?tab=details")
    expect(page.locator("dl time").first).to_have_text(f"{there:%H:%M:%S}")
    page.get_by_role("button", name="Local time").click()
    expect(page.locator("dl time").first).to_have_text(f"{made.astimezone(timezone.utc):%H:%M:%S}")
    page.reload()
    expect(page.get_by_role("button", name="UTC time")).to_be_visible()
    context.close()


@pytest.mark.parametrize("path", ["/", "/runs"])
def test_nothing_is_wider_than_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(path)
    page.get_by_role("heading", level=1).wait_for()
    expect_to_fit(page, PHONE["width"])
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_a_gateway_that_is_gone_is_told_and_found_again_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto("/runs")
    field = page.get_by_role("textbox", name="Tag")
    field.fill("half a ta")
    page.context.set_offline(True)
    page.get_by_role("button", name="Failed").click()
    # Pressed while it is away: once it is back, it may have been found before anybody presses anything.
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text("The gateway does not answer.").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("The gateway does not answer.")).to_have_count(0)
    expect(field).to_have_value("half a ta")


def test_the_first_page_is_small_and_makes_little_work(page: Page) -> None:
    work = Work(page)
    page.goto("/")
    page.get_by_role("heading", level=1).wait_for()
    assert work.seconds() <= FIRST_PAGE_LIMIT_S
    scripts = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js')).map(e => new URL(e.name).pathname)"
    )
    size = sum(len(gzip.compress((CONSOLE / script.lstrip("/")).read_bytes(), 9)) for script in scripts)
    assert size <= INITIAL_LIMIT_BYTES, f"{size} bytes in {scripts}"


def test_files_are_sent_compressed_and_kept(shop: DevInstance) -> None:
    index = urllib.request.urlopen(f"{shop.web}/").read().decode()
    [script] = re.findall(r'src="(/static/[^"]+\.js)"', index)
    request = urllib.request.Request(f"{shop.web}{script}", headers={"accept-encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert b"react" in gzip.decompress(answer.read())

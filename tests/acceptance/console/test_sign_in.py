"""A deployment that wants to know who calls: signing in and out, what a role may, the audit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from headrace.client import Client
from headrace.errors import PermissionDeniedError
from rig import dev
from rig.console import DESKTOP
from rig.dev import NUMBERS, DevInstance
from rig.processes import Supervisor

INSTANCE = """\
auth:
  token: services-only
  callers:
    wall: {token: sees, role: viewer}
    dana: {token: rules, role: admin}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    home = tmp_path_factory.mktemp("signed")
    (home / "headrace.yaml").write_text(INSTANCE)
    supervisor = Supervisor(home)
    try:
        yield dev.start(supervisor, home, "-f", NUMBERS)
    finally:
        supervisor.close()


def sign_in(page: Page, token: str, *, stay: bool = False) -> None:
    form = page.get_by_role("dialog", name="Sign in")
    form.get_by_label("Token").fill(token)
    form.get_by_label("Stay signed in on this browser").set_checked(stay)
    form.get_by_role("button", name="Sign in").click()


def test_the_console_asks_for_a_token_says_when_it_is_wrong_and_goes_on_when_it_is_right(page: Page) -> None:
    page.goto("/jobs")
    form = page.get_by_role("dialog", name="Sign in")
    sign_in(page, "guess")
    expect(form.get_by_role("alert")).to_contain_text("show the instance's token, or your own")
    page.keyboard.press("Escape")
    expect(form).to_be_visible()
    sign_in(page, "sees")
    expect(form).to_have_count(0)
    expect(page.get_by_role("link", name="process_numbers", exact=True)).to_be_visible()
    expect(page.get_by_text("viewer", exact=True)).to_be_visible()


def test_a_role_that_is_not_enough_is_told_and_one_that_is_sees_the_run_end(page: Page) -> None:
    page.goto("/locations/definitions.py/jobs/process_numbers?tab=launchpad")
    sign_in(page, "sees")
    launch = page.get_by_role("button", name="Launch")
    expect(launch).to_have_attribute("title", "This takes the role launcher; yours is viewer.")
    expect(launch).to_be_disabled()
    # It is found with the keyboard all the same, and does nothing.
    launch.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("tab=launchpad"))
    page.get_by_role("link", name="Automation", exact=True).click()
    expect(page.get_by_role("switch", name="process_numbers_schedule is off")).to_be_disabled()
    page.go_back()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "rules")
    launch.click()
    expect(page).to_have_url(re.compile("/runs/"))
    expect(page.get_by_text("Succeeded").first).to_be_visible()


def test_a_token_that_is_withdrawn_is_asked_for_again_and_the_page_stays(page: Page) -> None:
    page.goto("/jobs")
    sign_in(page, "rules")
    expect(page.get_by_role("link", name="process_numbers", exact=True)).to_be_visible()
    page.evaluate("sessionStorage.setItem('headrace.token', 'was good yesterday')")
    page.reload()
    expect(page.get_by_text("The gateway does not take your token any more.")).to_be_visible()
    sign_in(page, "rules")
    expect(page.get_by_role("link", name="process_numbers", exact=True)).to_be_visible()


def test_the_audit_is_a_page_for_those_who_may_read_it(page: Page, shop: DevInstance) -> None:
    with Client(shop.target, token="sees") as client, pytest.raises(PermissionDeniedError):
        client.submit_job("process_numbers")
    page.goto("/deployment?tab=access")
    sign_in(page, "rules")
    row = page.get_by_role("row").filter(has_text="wall").filter(has_text="CreateRun")
    expect(row.first).to_contain_text("Permission denied")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "sees")
    expect(page.get_by_text("ListAuditEntries needs the role admin").first).to_be_visible()


def test_a_token_stays_with_the_window_unless_one_wants_it_to_stay(chromium: Browser, shop: DevInstance) -> None:
    for stay, asked in ((False, 1), (True, 0)):
        visitor = chromium.new_context(base_url=shop.web, viewport=DESKTOP)
        first = visitor.new_page()
        first.goto("/runs")
        sign_in(first, "sees", stay=stay)
        expect(first.get_by_role("button", name="Sign out")).to_be_visible()
        other = visitor.new_page()
        other.goto("/runs")
        if asked:
            expect(other.get_by_role("dialog", name="Sign in")).to_be_visible()
        else:
            expect(other.get_by_role("button", name="Sign out")).to_be_visible()
        visitor.close()

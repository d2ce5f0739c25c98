"""The deployment: a location that breaks and is mended, services, the queue, the instance file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rig.console import PHONE, open_location
from rig.dev import DevInstance

SOURCE = Path(__file__).parents[1] / "locations/warehouse.py"


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A location that may be broken."""
    return Path(shutil.copy(SOURCE, tmp_path_factory.mktemp("location") / "warehouse.py"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, location: Path) -> object:
    """A deployment with it."""
    directory = tmp_path_factory.mktemp("warehouse")
    (directory / "home").mkdir()
    (directory / "home/headrace.yaml").write_text(
        "run_queue: {max_concurrent_runs: 7, tag_concurrency_limits: [{key: team, limit: 2}]}\n"
        "telemetry: {enabled: false}\n"
    )
    yield from open_location(directory, location)


def test_a_location_that_breaks_says_so_keeps_what_it_defined_and_is_mended_by_reload(
    page: Page, location: Path, shop: DevInstance
) -> None:
    whole = location.read_text()
    page.goto("/deployment")
    panel = page.locator("[data-location='warehouse.py']")
    expect(panel.get_by_text("Loaded", exact=True).first).to_be_visible()
    location.write_text(f"{whole}\nraise RuntimeError('half a change')\n")
    panel.get_by_role("button", name="Reload").click()
    expect(panel.get_by_text("half a change").first).to_be_visible()
    expect(panel.get_by_text("What it last defined stays in use")).to_be_visible()
    page.goto("/assets")
    expect(page.get_by_text("What it defines is shown as it was last known.")).to_be_visible()
    expect(page.get_by_role("link", name="visits")).to_be_visible()
    page.get_by_role("link", name="See why").click()
    location.write_text(whole.replace("def double", "def triple").replace("double(", "triple("))
    panel.get_by_role("button", name="Reload").click()
    expect(page.get_by_text("warehouse.py has loaded.")).to_be_visible()
    expect(panel.get_by_text("half a change")).to_have_count(0)
    page.goto("/locations/warehouse.py/jobs/load_visits")
    expect(page.get_by_text("triple", exact=True)).to_be_visible()


def test_services_say_how_they_are(page: Page) -> None:
    page.goto("/deployment?tab=services")
    expect(page.get_by_text("Healthy", exact=True)).to_be_visible()
    for name in ("storage", "coordinator", "scheduler", "launcher", "gateway"):
        expect(page.get_by_title(f"{name} can do its work")).to_be_visible()
    expect(page.get_by_role("list", name="What it does without being asked")).to_be_visible()


def test_the_queue_shows_its_limits(page: Page) -> None:
    page.goto("/deployment?tab=queue")
    expect(page.get_by_text("limit 7")).to_be_visible()
    expect(page.get_by_text("limit 2")).to_be_visible()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()


def test_the_instance_file_is_shown_with_what_it_comes_to(page: Page) -> None:
    page.goto("/deployment?tab=instance")
    expect(page.get_by_role("row").filter(has_text="telemetry").get_by_text("Ignored")).to_be_visible()
    expect(page.get_by_label("Instance file").get_by_text("max_concurrent_runs: 7")).to_be_visible()


def test_the_tab_one_comes_to_is_in_sight_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/deployment?tab=instance")
    expect(page.get_by_role("link", name="Instance", exact=True)).to_be_in_viewport(ratio=0.9)

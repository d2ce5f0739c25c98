"""The console in a real browser, against a real `headrace dev`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from headrace.client import Run
from headrace_services.gateway.console_files import CONSOLE
from rig.dev import NUMBERS, DevInstance, start
from rig.processes import Supervisor

WORKSPACE = Path(__file__).parents[1] / "acceptance/locations/shop.yaml"
WAREHOUSE = WORKSPACE.with_name("warehouse.py")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
# Costs nothing where all is well. How fast something is, is measured in the work it makes: see `Work`.
PATIENCE_MS = 40_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser, for the tests of one module: its loop must be gone before the next module's tests have theirs."""
    assert (CONSOLE / "index.html").is_file(), "the console is not built: run `make console`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    """`headrace dev` with the shop and the numbers, for modules that do not mind each other's runs."""
    yield from open_shop(tmp_path_factory.mktemp("shop"))


def open_shop(directory: Path) -> Iterator[DevInstance]:
    """`headrace dev` with the shop and the numbers, for a module that counts what there is."""
    yield from opened(directory, "-w", WORKSPACE)


def open_location(directory: Path, *sources: Path) -> Iterator[DevInstance]:
    """`headrace dev` with these files, for a module that looks at something else than the shop."""
    yield from opened(directory, *(argument for source in sources for argument in ("-f", source)))


def opened(directory: Path, *arguments: str | Path) -> Iterator[DevInstance]:
    """`headrace dev` with these arguments, until it is not needed any more."""
    supervisor = Supervisor(directory)
    try:
        yield start(supervisor, directory / "home", *arguments)
    finally:
        supervisor.close()


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    """`headrace dev` with the warehouse and the numbers, for modules that do not mind each other's runs."""
    yield from open_location(tmp_path_factory.mktemp("warehouse"), WAREHOUSE, NUMBERS)


@pytest.fixture
def context(chromium: Browser, shop: DevInstance) -> Iterator[BrowserContext]:
    """A visitor of his own."""
    visitor = chromium.new_context(base_url=shop.web, viewport=DESKTOP, color_scheme="light")
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext, shop: DevInstance) -> Iterator[Page]:
    """A page; whatever it complains about, and whatever it asks another host for, fails the test."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"error: {error.stack or error}"))
    page.on("request", lambda request: complaints.extend(foreign(request.url, shop.web)))
    page.on("console", lambda message: complaints.extend(violations(message.text)))
    yield page
    assert not complaints, "\n".join(complaints)


def foreign(url: str, home: str) -> list[str]:
    """Tells of a request to another host."""
    parts = urlsplit(url)
    at_home = parts.scheme in ("data", "blob") or f"{parts.scheme}://{parts.netloc}" == home
    return [] if at_home else [f"asked for {url}"]


def violations(text: str) -> list[str]:
    """Tells of what the content security policy refused."""
    return [text] if "Content Security Policy" in text else []


def launch(dev: DevInstance, job: str, *, wait: bool = True, **options: object) -> Run:
    """Makes a run of a job, and waits for its end."""
    with dev.client() as client:
        run = client.submit_job(job, **options)  # type: ignore[arg-type]
        return client.wait(run.run_id, timeout=100) if wait else run


class Work:
    """How long a page's own thread works.

    In time of the processor: other tests have it, too, and what a clock says is then about them and not about the page.
    """

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._so_far()

    def seconds(self) -> float:
        """What it has worked since it was asked last, or since it is looked at."""
        before, self._before = self._before, self._so_far()
        return self._before - before

    def _so_far(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def newest_line(page: Page) -> int:
    """The number of the newest line that a page shows of what `slow_export` writes; 0 if there is none yet."""
    shown = page.get_by_text(re.compile(r"^line \d+$")).all_inner_texts()
    return max((int(text.split()[1]) for text in shown), default=0)


def expect_to_fit(page: Page, width: int) -> None:
    """Waits until nothing of a page is wider than the screen: while it is being read it may be."""
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)

"""Makes a picture of every page of the console: `make screenshots`; those that the docs show go to docs/console."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from rig.console import CHROMIUM, DESKTOP, FLAGS, PHONE, WORKSPACE, launch
from rig.dev import DevInstance, start
from rig.processes import Supervisor

DOCS = Path(__file__).parents[3] / "docs/console"
SETTLE_MS = 900


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        name: Of its file.
        path: Of the page.
        documented: Whether the docs show it.
        theme: In which colours.
        phone: Whether on a phone.
        height: How much of the page.
    """

    name: str
    path: str
    documented: bool = False
    theme: str = "light"
    phone: bool = False
    height: int = 800


SHOTS = [
    Shot("overview", "/", documented=True, height=700),
    Shot("runs", "/runs"),
    Shot("run", "/runs/{report}", documented=True, height=700),
    Shot("run-graph", "/runs/{report}?view=graph"),
    Shot("run-failed", "/runs/{failed}?tab=output", documented=True, theme="dark", height=760),
    Shot("run-large", "/runs/{large}", theme="dark"),
    Shot("run-large-graph", "/runs/{large}?view=graph"),
    Shot("run-details", "/runs/{report}?tab=details"),
    Shot("jobs", "/jobs"),
    Shot("job", "/locations/numbers/jobs/process_numbers", documented=True, height=760),
    Shot("launchpad", "/locations/shop/jobs/nightly_report?tab=launchpad"),
    Shot("assets", "/assets"),
    Shot("asset-graph", "/assets?view=graph&q=group:numbers", documented=True, height=760),
    Shot("asset", "/assets/orders"),
    Shot("automation", "/automation"),
    Shot("schedule", "/automation/schedules/numbers/process_numbers_schedule"),
    Shot("sensor", "/automation/sensors/numbers/check_file_sensor"),
    Shot("backfills", "/backfills"),
    Shot("deployment", "/deployment"),
    Shot("deployment-queue", "/deployment?tab=queue"),
    Shot("phone-overview", "/", phone=True, theme="dark"),
    Shot("phone-run", "/runs/{failed}", phone=True),
    Shot("phone-assets", "/assets", phone=True),
]


def main(arguments: list[str]) -> None:
    """Starts everything, lets it do something, and makes the pictures."""
    out = Path(arguments[0]) if arguments else DOCS
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        supervisor = Supervisor(Path(directory))
        try:
            dev = start(supervisor, Path(directory) / "home", "-w", WORKSPACE)
            names = live(dev)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for shot in SHOTS:
                    if arguments or shot.documented:
                        take(browser, dev, shot, shot.path.format(**names), out / f"{shot.name}.png")
        finally:
            supervisor.close()


def live(dev: DevInstance) -> dict[str, str]:
    """Makes something happen; returns the runs that pages are about."""
    dev.cli("schedule", "start", "process_numbers_schedule")
    dev.cli("sensor", "start", "check_file_sensor")
    with dev.client() as client:
        for location in ("numbers", "shop"):
            client.wait(client.materialize(location_name=location).run_id, timeout=60)
    large = launch(dev, "many_parts")
    for _ in range(3):
        launch(dev, "process_numbers")
    failed = launch(dev, "import_prices")
    launch(dev, "slow_export", wait=False)
    config = {"ops": {"publish_report": {"config": {"channel": "board"}}}}
    report = launch(dev, "nightly_report", run_config=config)
    return {"report": report.run_id, "failed": failed.run_id, "large": large.run_id}


def take(browser: Browser, dev: DevInstance, shot: Shot, path: str, file: Path) -> None:
    """Makes one picture, once nothing on the page is being read."""
    size = PHONE if shot.phone else {**DESKTOP, "height": shot.height}
    context = browser.new_context(base_url=dev.web, viewport=size, color_scheme=shot.theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=file)
    context.close()
    print(f"{file}  {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1:])

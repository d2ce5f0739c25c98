"""A gateway that goes away and comes back while somebody looks."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from rig.console import DESKTOP, PATIENCE_MS, WORKSPACE, launch
from rig.dev import DevInstance, start
from rig.processes import Supervisor


def test_a_gateway_that_comes_back_is_followed_again_and_nothing_typed_is_lost(
    chromium: Browser, supervisor: Supervisor, tmp_path: Path
) -> None:
    dev = start(supervisor, tmp_path / "home", "-w", WORKSPACE)
    page = chromium.new_context(base_url=dev.web, viewport=DESKTOP).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/runs")
    field = page.get_by_role("textbox", name="Tag")
    field.fill("half a ta")
    first = launch(dev, "process_numbers")
    expect(page.locator(f'[data-row="{first.run_id}"]').get_by_text("Succeeded")).to_be_visible()
    dev.stop()
    expect(page.get_by_text("The gateway does not answer.")).to_be_visible()
    expect(page.locator(f'[data-row="{first.run_id}"]')).to_be_visible()
    again(dev, supervisor)
    expect(page.get_by_text("The gateway does not answer.")).to_have_count(0)
    second = launch(dev, "process_numbers")
    expect(page.locator(f'[data-row="{second.run_id}"]').get_by_text("Succeeded")).to_be_visible()
    expect(field).to_have_value("half a ta")
    page.context.close()


def again(dev: DevInstance, supervisor: Supervisor) -> None:
    """Starts it again where it was."""
    ports = ["--grpc-port", str(urlsplit(f"//{dev.target}").port), "--port", str(urlsplit(dev.web).port)]
    process = supervisor.headrace("dev", "-w", WORKSPACE, "--home", dev.home, *ports, name="dev again")
    process.wait_for_output(r"^Ready after", timeout=30)

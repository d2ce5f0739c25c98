"""Measures the console with many assets, in a real browser: `python tests/bench/console_assets.py [--count 5000]`.

The assets are in groups of 100, each made from one before it and every tenth from one of the group before. Each page is
opened anew; the seconds are those until it can be used. The frames are those that are drawn while a graph is dragged about.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright

from rig.console import CHROMIUM, DESKTOP, FLAGS, open_location

MOST_SECONDS, LEAST_FRAMES = 1.5, 50.0
ROUNDS = 3
GROUP = 100

SOURCE = """
import headrace as dg

def make(number):
    group, place = divmod(number, {group})
    above = [number - 1 - (number % 7 if place > 7 else 0)] if place else []
    if group and place % 10 == 0:
        above.append(number - {group})

    @dg.asset(
        key=["warehouse", f"a{{number:05}}"], group_name=f"group_{{group:03}}", kinds=["python"],
        deps=sorted({{dg.AssetKey(["warehouse", f"a{{each:05}}"]) for each in above}}, key=str),
    )
    def one(): ...

    return one

defs = dg.Definitions(assets=[make(number) for number in range({count})])
"""

DRAG = """() => new Promise(done => {
  const pane = document.querySelector(".react-flow__pane");
  const box = pane.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const send = (type, dx) => (type === "mousedown" ? pane : window).dispatchEvent(
    new MouseEvent(type, { bubbles: true, view: window, clientX: x + dx, clientY: y, button: 0, buttons: 1 }));
  const times = [];
  const step = (now) => {
    times.push(now);
    send("mousemove", Math.sin(times.length / 12) * 260);
    if (times.length < 150) return requestAnimationFrame(step);
    send("mouseup", 0);
    done((1000 * (times.length - 1)) / (times.at(-1) - times[0]));
  };
  send("mousedown", 0);
  requestAnimationFrame(step);
})"""


def seconds(page: Page, path: str, usable: str) -> float:
    """Opens a page and returns how long it took until it could be used."""
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(path)
    page.locator(usable).first.wait_for()
    return time.perf_counter() - began


def measure(page: Page, count: int) -> dict[str, float]:
    """Returns the figures of one round."""
    nodes = ".react-flow__node"
    figures = {"catalog, s": seconds(page, "/assets", f"text={count:,} assets")}
    began = time.perf_counter()
    page.get_by_role("searchbox").first.fill("group:group_007 or +key_substring:00712")
    page.get_by_text(f"of {count:,}").wait_for()
    figures["selection, s"] = time.perf_counter() - began
    for name, path in (("all groups", "/assets?view=graph"), ("a group", "/assets?view=graph&q=group:group_007")):
        figures[f"graph of {name}, s"] = seconds(page, path, nodes)
        figures[f"graph of {name}, frames/s"] = page.evaluate(DRAG)
    figures["lineage of an asset, s"] = seconds(page, "/assets/warehouse/a00705?tab=lineage", nodes)
    return figures


def in_browser(base: str, act: Callable[[Page], Any]) -> Any:
    """Acts in a page of a new browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(base_url=base, viewport=DESKTOP).new_page()
        try:
            return act(page)
        finally:
            browser.close()


def main() -> None:
    """Prints the median of each figure; the exit status tells whether one is beyond its limit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=5_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "many.py")
        source.write_text(SOURCE.format(group=GROUP, count=given.count))
        for dev in open_location(Path(directory), source):
            rounds = in_browser(dev.web, lambda page: [measure(page, given.count) for _ in range(ROUNDS)])
    medians = {name: sorted(each[name] for each in rounds)[ROUNDS // 2] for name in rounds[0]}
    beyond = False
    for name, figure in medians.items():
        fine = figure >= LEAST_FRAMES if name.endswith("frames/s") else figure <= MOST_SECONDS
        beyond = beyond or not fine
        print(f"{name:36} {figure:8.2f}{'' if fine else '  beyond its limit'}")
    raise SystemExit(beyond)


if __name__ == "__main__":
    main()

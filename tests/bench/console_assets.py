"""Measures the console with many assets, in a real browser: `python tests/bench/console_assets.py [--count 5000]`.

The assets are in a group of 1,200, each made from one of those before, and in groups of 100, where every tenth is made from one
of the group before, too. Each page is opened anew; the seconds are those until it can be used. The frames are those that are drawn while a graph
is dragged about.
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

from playwright.sync_api import Page, expect, sync_playwright

from rig.console import CHROMIUM, DESKTOP, FLAGS, open_location

MOST_SECONDS, MOST_SECONDS_OF_PAINT, LEAST_FRAMES = 1.5, 1.0, 50.0
ROUNDS = 3
GROUP, LARGE_GROUP = 100, 1_200

SOURCE = """
import headrace as dg

def make(number):
    group, place = divmod(number - {large}, {group}) if number >= {large} else (-1, number)
    back = 1 + number % 7 if group >= 0 else 40 + number % 7
    above = [number - back] if place >= back else [number - 1] if place and group >= 0 else []
    if group > 0 and place % 10 == 0:
        above.append(number - {group})

    @dg.asset(
        key=["warehouse", f"a{{number:05}}"], group_name=f"group_{{group:03}}" if group >= 0 else "large", kinds=["python"],
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


# What the browser itself noted: the first paint of anything, and of the largest thing that it has painted.
PAINT = """kind => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime / 1000)).observe({ type: kind, buffered: true });
})"""

PRESS = """control => new Promise(done => {
  const began = performance.now();
  document.querySelector(control).click();
  requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - began) / 1000)));
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
    seconds(page, "/", "text=Needs attention")
    figures = {
        "first paint, s": page.evaluate(PAINT, "paint"),
        "largest paint, s": page.evaluate(PAINT, "largest-contentful-paint"),
    }
    figures |= {"catalog, s": seconds(page, "/assets", f"text={count:,} assets")}
    began = time.perf_counter()
    page.get_by_role("searchbox").first.fill("group:group_007 or +key_substring:00712")
    page.get_by_text(f"of {count:,}").wait_for()
    figures["selection, s"] = time.perf_counter() - began
    for name, path in (
        ("all groups", "/assets?view=graph"),
        ("a group", "/assets?view=graph&q=group:group_007"),
        ("a large group", "/assets?view=graph&q=group:large"),
    ):
        figures[f"graph of {name}, s"] = seconds(page, path, nodes)
        figures[f"graph of {name}, frames/s"] = page.evaluate(DRAG)
    for name, control in (("a tick", "[role=checkbox]"), ("looking at one", f"{nodes} button")):
        figures[f"{name} in a large group, s"] = page.evaluate(PRESS, control)
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator("section[aria-label='Asset graph'] svg rect")).to_have_count(LARGE_GROUP)
    figures["graph of a large group from afar, frames/s"] = page.evaluate(DRAG)
    figures["lineage of an asset, s"] = seconds(page, "/assets/warehouse/a00705?tab=lineage", nodes)
    return figures


def most_seconds(name: str) -> float:
    """Returns the limit of a figure."""
    return MOST_SECONDS_OF_PAINT if name.endswith("paint, s") else MOST_SECONDS


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
        source.write_text(SOURCE.format(group=GROUP, large=LARGE_GROUP, count=given.count))
        for dev in open_location(Path(directory), source):
            rounds = in_browser(dev.web, lambda page: [measure(page, given.count) for _ in range(ROUNDS)])
    medians = {name: sorted(each[name] for each in rounds)[ROUNDS // 2] for name in rounds[0]}
    beyond = False
    for name, figure in medians.items():
        fine = figure >= LEAST_FRAMES if name.endswith("frames/s") else figure <= most_seconds(name)
        beyond = beyond or not fine
        print(f"{name:48} {figure:8.2f}{'' if fine else '  beyond its limit'}")
    raise SystemExit(beyond)


if __name__ == "__main__":
    main()

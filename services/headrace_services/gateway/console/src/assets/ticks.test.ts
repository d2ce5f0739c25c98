import { expect, test } from "vitest";

import type { AssetInfo } from "./info.ts";
import { tickToggled, withWholeGroups } from "./ticks.ts";

const ASSETS = [
  { id: "a", group: "one", location: "here" },
  { id: "b", group: "one", location: "here" },
  { id: "c", group: "one", location: "there" },
] as AssetInfo[];

test("a group is ticked when all of its assets are", () => {
  expect(withWholeGroups(ASSETS, new Set(["a"]))).toEqual(new Set(["a"]));
  expect(withWholeGroups(ASSETS, new Set(["a", "b"]))).toEqual(new Set(["a", "b", "group:here:one"]));
});

test("ticking a group ticks what is missing of it, and then takes all ticks away", () => {
  const all = tickToggled(ASSETS, new Set(["a", "c"]), "group:here:one");
  expect(all).toEqual(new Set(["a", "b", "c"]));
  expect(tickToggled(ASSETS, all, "group:here:one")).toEqual(new Set(["c"]));
});

test("an asset is ticked alone", () => {
  expect(tickToggled(ASSETS, new Set(["a"]), "b")).toEqual(new Set(["a", "b"]));
});

import { expect, test } from "vitest";

import type { AssetInfo } from "@/assets/info.ts";
import { byLocation, crossings, rootOf } from "./materialize.ts";

function asset(id: string, location: string, upstream: string[] = [], partitioned = false): AssetInfo {
  return { id, location, upstream, partitioned } as unknown as AssetInfo;
}

const ASSETS = [asset("a", "here"), asset("b", "here", ["a"]), asset("c", "there", ["b", "elsewhere"], true)];

test("a run takes place in one location", () => {
  expect(byLocation(ASSETS).map((some) => some.map(({ id }) => id))).toEqual([["a", "b"], ["c"]]);
});

test("what depends on an asset of another run is told, but not what is made from others", () => {
  expect(crossings(ASSETS).map(({ from, to }) => [from.id, to.id])).toEqual([["b", "c"]]);
  expect(crossings(ASSETS.slice(0, 2))).toEqual([]);
});

test("partitions are asked for at the beginning of what has some", () => {
  expect(rootOf(ASSETS)?.id).toBe("c");
  expect(rootOf([asset("y", "here", ["x"], true), asset("x", "here", [], true)])?.id).toBe("x");
  expect(rootOf(ASSETS.slice(0, 2))).toBeUndefined();
});

import { expect, test } from "vitest";

import { readTags } from "../tags.ts";
import { keysIn, rangesOf } from "./keys.ts";

const DAYS = ["1", "2", "3", "4", "5"];

test("keys become ranges of neighbours and back", () => {
  const ranges = rangesOf(DAYS, (day) => day !== "3");
  expect(ranges).toEqual([
    { firstKey: "1", lastKey: "2" },
    { firstKey: "4", lastKey: "5" },
  ]);
  expect([...keysIn(DAYS, ranges)]).toEqual(["1", "2", "4", "5"]);
});

test("a range whose end is not in the set any more is nothing", () => {
  expect(keysIn(DAYS, [{ firstKey: "0", lastKey: "2" }]).size).toBe(0);
});

test("tags are read as they are typed", () => {
  expect(readTags("team=data, url=a=b,\n flag")).toEqual([
    { key: "team", value: "data" },
    { key: "url", value: "a=b" },
    { key: "flag", value: "" },
  ]);
});

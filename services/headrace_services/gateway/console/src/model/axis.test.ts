import { expect, test } from "vitest";

import { ticks } from "./axis.ts";

test.each([1, 250, 5_100, 61_000, 3_600_000, 86_400_000, 604_800_000, 90 * 86_400_000])("a span of %s ms has a few round ticks", (span) => {
  const moments = ticks(0, span, 8, 0);
  expect(moments.length).toBeGreaterThan(0);
  expect(moments.length).toBeLessThanOrEqual(9);
  expect(moments.every((moment) => moment >= 0 && moment <= span)).toBe(true);
});

test("ticks are round as seen from their origin", () => {
  expect(ticks(1_250, 3_250, 2, 250)).toEqual([1_250, 2_250, 3_250]);
});

import { expect, test } from "vitest";

import { batches } from "./lanes.ts";

const place = ([from, to]: [number, number]) => ({ from, to });

test("what would be drawn over each other is put together", () => {
  const found = batches<[number, number]>([[50, 60], [0, 10], [8, 20], [59, 59]], place, 4);
  expect(found.map(({ from, to, items }) => [from, to, items.length])).toEqual([
    [0, 20, 2],
    [50, 63, 2],
  ]);
});

test("the smallest is still to be seen", () => {
  expect(batches<[number, number]>([[5, 5]], place, 4)).toMatchObject([{ from: 5, to: 9 }]);
});

import { expect, test } from "vitest";

import { best, rank } from "./ranking.ts";

const names = ["orders", "clean_orders", "reorder", "warehouse/orders/daily", "revenue"];

test("names that are meant come first", () => {
  expect(best(names, (name) => name, "orders", 10)).toEqual(["orders", "clean_orders", "warehouse/orders/daily"]);
});

test("every word has to be there", () => {
  expect(best(names, (name) => name, "ware daily", 10)).toEqual(["warehouse/orders/daily"]);
  expect(rank("orders", "orders nothing")).toBe(0);
});

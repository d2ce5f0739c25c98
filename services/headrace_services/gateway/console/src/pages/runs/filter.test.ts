import { expect, test } from "vitest";

import { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { filterOf, isFiltered, requestOf, searchOf } from "./filter.ts";

test("a filter survives the way through an address", () => {
  const search = "state=failed&state=running&job=etl&location=shop&tag=team%3Ddata&tag=x&since=24h";
  expect(searchOf(filterOf(new URLSearchParams(search))).toString()).toBe(search);
});

test("what makes no sense in an address is left out", () => {
  const filter = filterOf(new URLSearchParams("state=nonsense&since=ever&from=yesterday&tag="));
  expect(isFiltered(filter)).toBe(false);
});

test("a span is counted from now, and an exact beginning goes before it", () => {
  const now = 1_800_000_000_000;
  expect(requestOf(filterOf(new URLSearchParams("since=1h")), now).createTimeFrom).toEqual({ seconds: 1_799_996_400n, nanos: 0 });
  const exact = filterOf(new URLSearchParams("since=1h&from=2026-01-02T00:00:00Z"));
  expect(requestOf(exact, now).createTimeFrom).toEqual({ seconds: 1_767_312_000n, nanos: 0 });
});

test("states are asked for by their numbers", () => {
  expect(requestOf(filterOf(new URLSearchParams("state=canceled")), 0).states).toEqual([RunState.CANCELED]);
});

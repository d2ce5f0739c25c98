import { expect, test } from "vitest";

import { formatDistance, formatSpan, millis, timestamp } from "./time.ts";

test.each([
  [0, "0 ms"],
  [12.4, "12 ms"],
  [999.4, "999 ms"],
  [999.9, "1.0 s"],
  [2_440, "2.4 s"],
  [59_400, "59 s"],
  [59_700, "1 min"],
  [65_000, "1 min 05 s"],
  [3_599_900, "60 min"],
  [3_600_000, "1 h"],
  [12_000_000, "3 h 20 min"],
  [90_000_000, "1 d 01 h"],
])("a span of %s ms reads %s", (span, text) => {
  expect(formatSpan(span)).toBe(text);
});

test.each([
  [-1_000, "just now"],
  [-40_000, "40 s ago"],
  [-300_000, "5 min ago"],
  [3_000, "in a moment"],
  [7_200_000, "in 2 h"],
  [-259_200_000, "3 d ago"],
])("what is %s ms away reads %s", (offset, text) => {
  expect(formatDistance(1_000_000_000_000 + offset, 1_000_000_000_000)).toBe(text);
});

test("a moment survives the way to the contract and back", () => {
  const moment = 1_763_827_200_123;
  expect(millis({ $typeName: "google.protobuf.Timestamp", ...timestamp(moment) })).toBe(moment);
});

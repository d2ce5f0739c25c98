import { afterEach, expect, test } from "vitest";

import { formatClock, formatIn, formatMoment, formatShortClock, midnightBefore, showZone, zoneName } from "./moments.ts";

const MOMENT = Date.UTC(2026, 0, 31, 0, 5, 9, 120);

afterEach(() => showZone(undefined));

test("a day begins at 00:00", () => {
  showZone("UTC");
  expect(formatShortClock(MOMENT)).toBe("00:05");
  expect(formatClock(MOMENT, true)).toBe("00:05:09.120");
});

test("the zone decides which day it is", () => {
  const later = MOMENT + 3_600_000;
  showZone("UTC");
  expect(formatMoment(MOMENT, later)).toBe("00:05:09");
  showZone("America/New_York");
  expect(zoneName()).toBe("America/New_York");
  expect(formatMoment(MOMENT, later + 10 * 3_600_000)).toBe("Jan 30, 19:05");
});

test("a day begins at midnight of the zone", () => {
  showZone("Asia/Tokyo");
  expect(new Date(midnightBefore(MOMENT)).toISOString()).toBe("2026-01-30T15:00:00.000Z");
});

test("a moment can be told as it is elsewhere", () => {
  expect(formatIn(MOMENT, "America/New_York")).toBe("Fri, Jan 30, 19:05 EST");
});

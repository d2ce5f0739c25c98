import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { TickSchema } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { sumCounts } from "@/backfills/looks.ts";
import { cronText, intervalText } from "./cron.ts";
import { placeTicks } from "./ticks.ts";

test.each([
  ["* * * * *", "every minute"],
  ["*/15 * * * *", "every 15 minutes"],
  ["5 * * * *", "every hour at minute 5"],
  ["0 */6 * * *", "every 6 hours, at minute 0"],
  ["30 6 * * *", "every day at 06:30"],
  ["0 9 * * 1-5", "Monday to Friday at 09:00"],
  ["0 9 * * 7", "every Sunday at 09:00"],
  ["0 0 1 * *", "on day 1 of the month at 00:00"],
  ["@daily", "every day at 00:00"],
  ["0 0 1 1 *", "0 0 1 1 *"],
  ["1,2 3 * * *", "1,2 3 * * *"],
])("%s is due %s", (expression, text) => {
  expect(cronText(expression)).toBe(text);
});

test("intervals stay as they were chosen", () => {
  expect([intervalText(5_000), intervalText(90_000), intervalText(500)]).toEqual(["5 s", "1 min 30 s", "500 ms"]);
});

const at = (seconds: number) => create(TickSchema, { dueTime: { seconds: BigInt(seconds) } });

test("ticks have their place between the oldest and now", () => {
  expect(placeTicks([at(1000), at(900)], 1_000_000).map((each) => each.at)).toEqual([1, 0]);
  expect(placeTicks([], 1_000)).toEqual([]);
});

test("counts of targets add up", () => {
  const one = { targetCount: 3n, madeCount: 1n, failedCount: 1n, runningCount: 1n } as Parameters<typeof sumCounts>[0][number];
  expect(sumCounts([one, one])).toEqual({ target: 6, made: 2, failed: 2, running: 2 });
});

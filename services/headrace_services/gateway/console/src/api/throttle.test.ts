import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Throttle } from "./throttle.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("many calls in quick succession are one, and one more after the pause", async () => {
  const act = vi.fn<() => void>();
  const throttle = new Throttle(1_000, act);
  for (let call = 0; call < 10; call += 1) throttle.call();
  await vi.advanceTimersByTimeAsync(100);
  expect(act).toHaveBeenCalledTimes(1);
  for (let call = 0; call < 10; call += 1) throttle.call();
  await vi.advanceTimersByTimeAsync(500);
  expect(act).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(act).toHaveBeenCalledTimes(2);
});

test("what takes longer than the pause comes to its end, and is done once more for what came meanwhile", async () => {
  let ended = 0;
  const act = vi.fn<() => Promise<void>>(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    ended += 1;
  });
  const throttle = new Throttle(200, act);
  for (let call = 0; call < 40; call += 1) {
    throttle.call();
    // One call after the other, as events come.
    // oxlint-disable-next-line no-await-in-loop
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(act).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_500);
  expect([ended, act.mock.calls.length]).toEqual([1, 2]);
  throttle.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  throttle.call();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(act).toHaveBeenCalledTimes(2);
});

import { expect, test } from "vitest";

import { MOST, SILENCE_MS, TURN_MS, Turns, type Verdict } from "./turns.ts";

function listening() {
  const told: Verdict[] = [];
  return { heard: 0, told, tell: (verdict: Verdict) => void told.push(verdict) };
}

const ids = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}${index}`);

test("as many streams are open as may be, and the others wait for their turn", () => {
  const turns = new Turns();
  const one = listening();
  const other = listening();
  turns.wish(one, { holding: [], waiting: ids(MOST, "a") }, 0);
  turns.wish(other, { holding: [], waiting: ["b0"] }, 0);
  expect(one.told).toEqual(ids(MOST, "a").map((id) => ({ kind: "open", id })));
  expect(other.told).toEqual([]);
  turns.turn(TURN_MS);
  expect(one.told.slice(MOST)).toEqual([{ kind: "yield", id: "a0" }]);
  turns.turn(TURN_MS + 1);
  expect(one.told).toHaveLength(MOST + 1);
  turns.wish(one, { holding: ids(MOST, "a").slice(1), waiting: ["a9"] }, TURN_MS + 2);
  expect(other.told).toEqual([{ kind: "open", id: "b0" }]);
});

test("nobody is interrupted while nobody waits", () => {
  const turns = new Turns();
  const one = listening();
  turns.wish(one, { holding: [], waiting: ids(MOST, "a") }, 0);
  turns.turn(10 * TURN_MS);
  expect(one.told.every(({ kind }) => kind === "open")).toBe(true);
});

test("a window that is gone keeps no place, one that comes back does not take two", () => {
  const turns = new Turns();
  const gone = listening();
  const other = listening();
  turns.wish(gone, { holding: [], waiting: ids(MOST, "a") }, 0);
  turns.wish(other, { holding: [], waiting: ["b0"] }, SILENCE_MS + 1);
  expect(other.told).toEqual([{ kind: "open", id: "b0" }]);
  turns.wish(gone, { holding: ids(MOST, "a"), waiting: [] }, SILENCE_MS + 2);
  turns.wish(other, { holding: ["b0"], waiting: ["b1"] }, SILENCE_MS + 3);
  expect(other.told).toHaveLength(1);
});

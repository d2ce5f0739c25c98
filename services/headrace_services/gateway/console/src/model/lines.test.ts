import { expect, test } from "vitest";

import { Lines } from "./lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("lines are put together across pieces, characters too", () => {
  const lines = new Lines();
  const data = bytes("first\nsecönd\nthird");
  for (let at = 0; at < data.length; at += 1) lines.add(data.slice(at, at + 1));
  expect(lines.all).toEqual(["first", "secönd", "third"]);
});

test("a line break at the end makes no line more", () => {
  const lines = new Lines();
  lines.add(bytes("one\ntwo\n"));
  expect(lines.shown()).toBe(2);
});

test("what is written over is not shown", () => {
  const lines = new Lines();
  lines.add(bytes("10%\r50%\r100%\nwindows\r\n"));
  expect(lines.all).toEqual(["100%", "windows", ""]);
});

test("only the end of a very long log is kept", () => {
  const lines = new Lines(10);
  lines.add(bytes(Array.from({ length: 30 }, (_, line) => `line ${line}`).join("\n")));
  expect(lines.all).toHaveLength(10);
  expect(lines.dropped).toBe(20);
  expect(lines.all.at(-1)).toBe("line 29");
});

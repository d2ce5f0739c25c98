import { expect, test } from "vitest";

import { segments } from "./ansi.ts";

test("text without sequences stays whole", () => {
  expect(segments("plain <b>text</b>")).toEqual([{ text: "plain <b>text</b>" }]);
});

test("colours begin and end where the sequences say", () => {
  expect(segments("a \u001b[31;1mred\u001b[0m b")).toEqual([{ text: "a " }, { text: "red", colour: "red", bold: true }, { text: " b" }]);
});

test("whatever else a program tells a terminal is left out", () => {
  expect(segments("\u001b]0;title\u0007\u001b[2Kdone\u001b[?25h").map((each) => each.text)).toEqual(["done"]);
});

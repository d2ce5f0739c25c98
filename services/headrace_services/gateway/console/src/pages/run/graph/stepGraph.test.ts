import { expect, test } from "vitest";

import type { StepProgress } from "@/model/runProgress.ts";
import type { StepState } from "@/model/states.ts";
import { stepGraph } from "./stepGraph.ts";

const step = (key: string, dependsOn: string[] = [], state: StepState = "succeeded"): StepProgress => ({ key, state, attempts: [], dependsOn, assetKeys: [], pool: "" });
const range = (length: number) => Array.from({ length }, (_, index) => index);
const CLOSED = { open: new Set<string>(), chosen: "" };
const edgesOf = (steps: StepProgress[], options = CLOSED) => stepGraph(steps, options).graph.edges.map(({ from, to }) => `${from} → ${to}`);

const MAPPED = [
  step("split"),
  ...range(2_000).map((index) => step(`handle[p${index}]`, ["split"], index === 1_700 ? "failed" : "succeeded")),
  ...range(2_000).map((index) => step(`store[p${index}]`, ["handle"], index === 1_700 ? "skipped" : "succeeded")),
  step("collect", ["store"], "skipped"),
];

test("a small run is drawn step by step, and a mapped step is made from that with its own key", () => {
  const steps = [step("split"), step("handle[a]", ["split"]), step("handle[b]", ["split"]), step("next[a]", ["handle"]), step("next[b]", ["handle"]), step("collect", ["next"])];
  expect(stepGraph(steps, CLOSED).graph.nodes.map(({ id }) => id)).toEqual(steps.map(({ key }) => key));
  expect(edgesOf(steps)).toEqual(["split → handle[a]", "split → handle[b]", "handle[a] → next[a]", "handle[b] → next[b]", "next[a] → collect", "next[b] → collect"]);
});

test("thousands of steps of one op are one card that tells how they are", () => {
  const { graph, chosenNode } = stepGraph(MAPPED, { open: new Set(), chosen: "handle[p3]" });
  expect(graph.nodes.map(({ card }) => card.title)).toEqual(["split", "collect", "handle[…]", "store[…]"]);
  expect(graph.nodes[2]!.card).toMatchObject({ text: "2,000 steps", note: "1,999 of 2,000", look: { tone: "failed" }, expandable: true });
  expect(edgesOf(MAPPED)).toEqual(["split → all handle", "all handle → all store", "all store → collect"]);
  expect(chosenNode).toBe("all handle");
});

test("an open group shows those that need somebody's eyes, the chosen one, and says how many more there are", () => {
  const drawn = stepGraph(MAPPED, { open: new Set(["all handle"]), chosen: "handle[p1999]" });
  const inside = drawn.graph.nodes.filter(({ parent }) => parent === "all handle");
  expect(inside).toHaveLength(101);
  expect(inside.map(({ id }) => id)).toEqual(expect.arrayContaining(["handle[p0]", "handle[p1700]", "handle[p1999]"]));
  expect(inside.at(-1)!.card.title).toBe("1,900 more");
  expect(drawn.rests.has(inside.at(-1)!.id)).toBe(true);
  expect(drawn.chosenNode).toBe("handle[p1999]");
  expect(drawn.graph.edges).toHaveLength(3);
});

test("of a thousand steps that are not alike those on one level are a card", () => {
  const layers = range(5).flatMap((layer) => range(200).map((index) => step(`l${layer}_${index}`, layer > 0 ? [`l${layer - 1}_${index}`, `l${layer - 1}_${(index + 1) % 200}`] : [])));
  expect(stepGraph(layers, CLOSED).graph.nodes.map(({ card }) => card.title)).toEqual(range(5).map((layer) => `Level ${layer + 1}`));
  expect(edgesOf(layers)).toHaveLength(4);
  expect(edgesOf(layers, { open: new Set(["level 2"]), chosen: "" })).toEqual(edgesOf(layers));
});

test("a long chain is in pieces, and an open one shows how its steps follow each other", () => {
  const chain = range(1_000).map((index) => step(`s${index}`, index > 0 ? [`s${index - 1}`] : []));
  const { graph } = stepGraph(chain, CLOSED);
  expect(graph.nodes).toHaveLength(100);
  expect(graph.nodes[0]!.card.title).toBe("Levels 1 to 10");
  const opened = edgesOf(chain, { open: new Set(["level 1"]), chosen: "" });
  expect(opened).toEqual(expect.arrayContaining(["level 0 → s10", "s10 → s11", "s19 → level 2"]));
  expect(opened).toHaveLength(99 + 9);
});

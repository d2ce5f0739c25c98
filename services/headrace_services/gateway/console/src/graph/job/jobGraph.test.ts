import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { GraphNodeSchema } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { graphPaths, jobGraph, nodeAt } from "./jobGraph.ts";
import { nodeStates } from "./stepStates.ts";

/** load → outer(inner(add → double) → finish) → store */
const NODES = [
  create(GraphNodeSchema, { name: "load", outputs: [{ name: "result" }] }),
  create(GraphNodeSchema, {
    name: "outer",
    inputs: [{ name: "number", sources: [{ node: "load", output: "result" }] }],
    outputs: [{ name: "done", source: { node: "finish", output: "result" } }],
    nodes: [
      {
        name: "inner",
        inputs: [{ name: "value", sources: [{ output: "number" }] }],
        outputs: [{ name: "result", source: { node: "double", output: "result" } }],
        nodes: [
          { name: "add", inputs: [{ name: "x", sources: [{ output: "value" }] }], outputs: [{ name: "result" }] },
          { name: "double", inputs: [{ name: "x", sources: [{ node: "add", output: "result" }] }], outputs: [{ name: "result" }] },
        ],
      },
      { name: "finish", inputs: [{ name: "x", sources: [{ node: "inner", output: "result" }] }], outputs: [{ name: "result" }] },
    ],
  }),
  create(GraphNodeSchema, { name: "store", inputs: [{ name: "x", sources: [{ node: "outer", output: "done" }] }] }),
];

function edges(...open: string[]) {
  return jobGraph(NODES, { open: new Set(open) })
    .edges.map(({ from, to }) => `${from} → ${to}`)
    .toSorted();
}

test("a graph that is closed is one node", () => {
  expect(edges()).toEqual(["load → outer", "outer → store"]);
});

test("edges lead into graphs that are open, and out of them, through all levels", () => {
  expect(edges("outer")).toEqual(["load → outer.inner", "outer.finish → store", "outer.inner → outer.finish"]);
  expect(edges("outer", "outer.inner")).toEqual(["load → outer.inner.add", "outer.finish → store", "outer.inner.add → outer.inner.double", "outer.inner.double → outer.finish"]);
});

test("nodes have the key of their step, and lie inside their graph", () => {
  const { nodes } = jobGraph(NODES, { open: new Set(["outer", "outer.inner"]) });
  expect(nodes.map((node) => [node.id, node.parent])).toContainEqual(["outer.inner.add", "outer.inner"]);
  expect(graphPaths(NODES)).toEqual(["outer", "outer.inner"]);
  expect(nodeAt(NODES, "outer.inner.double")?.name).toBe("double");
  expect(nodeAt(NODES, "outer.nothing")).toBeUndefined();
});

test("states of steps become those of their nodes and of the graphs around", () => {
  const states = nodeStates([
    { key: "outer.inner.add", state: "succeeded", note: "1 s" },
    { key: "outer.inner.double", state: "waiting" },
    { key: "map[a]", state: "succeeded" },
    { key: "map[b]", state: "failed" },
    { key: "last", state: "waiting" },
  ]);
  const label = (path: string) => [states.get(path)?.look.label, states.get(path)?.note];
  expect(label("outer.inner.add")).toEqual(["Succeeded", "1 s"]);
  expect(label("outer")).toEqual(["Running", "1 of 2"]);
  expect(label("map")).toEqual(["Failed", "1 of 2"]);
  expect(label("last")).toEqual(["Waiting", undefined]);
});

import Elk from "elkjs/lib/elk.bundled.js";
import { expect, test } from "vitest";

import { fromElk, toElk } from "./elkGraph.ts";
import { firstView, READABLE } from "./firstView.ts";
import type { Graph } from "./model.ts";
import { Placer, type PlacedNode } from "./placed.ts";
import { routePath } from "./route.ts";
import { downstreamOf, lineageIn, lineageOf } from "./walks.ts";

const GRAPH: Graph = {
  nodes: [
    { id: "a", card: { kind: "op", title: "a" } },
    { id: "frame", card: { kind: "graph", title: "frame" } },
    { id: "frame.b", parent: "frame", card: { kind: "op", title: "b" } },
    { id: "frame.c", parent: "frame", card: { kind: "op", title: "c" } },
    { id: "d", card: { kind: "op", title: "d" } },
  ],
  edges: [
    { id: "1", from: "a", to: "frame.b" },
    { id: "2", from: "frame.b", to: "frame.c" },
    { id: "3", from: "frame.c", to: "d" },
  ],
};

test("edges begin and end at their nodes, across the frames around them", async () => {
  const layout = fromElk(await new Elk().layout(toElk(GRAPH, "DOWN")), GRAPH);
  const placed = new Map(new Placer().place(GRAPH, layout, { selected: "d" }).map((node) => [node.id, node]));
  for (const { id, from, to } of GRAPH.edges) {
    const route = layout.routes.get(id)!;
    const [above, below] = [placed.get(from)!, placed.get(to)!];
    expect(route[0]!.y).toBeCloseTo(above.position.y + above.height!, 3);
    expect(route.at(-1)!.y).toBeCloseTo(below.position.y, 3);
    expect(route.at(-1)!.x).toBeGreaterThan(below.position.x);
    expect(route.at(-1)!.x).toBeLessThan(below.position.x + below.width!);
  }
  expect(placed.get("frame")!.zIndex!).toBeLessThan(placed.get("frame.b")!.zIndex!);
  expect(placed.get("d")!.data.selected).toBe(true);
});

test("a way has round corners and leads where it leads", () => {
  const path = routePath([
    { x: 0, y: 0 },
    { x: 0, y: 100 },
    { x: 50, y: 100 },
  ]);
  expect(path).toBe("M0,0 L0,90 Q0,100 10,100 L50,100");
  expect(routePath([])).toBe("");
});

test("lineage is what lies above and below, not beside", () => {
  const edges = [..."ab bc dc ce"].join("").split(" ").map((pair) => ({ id: pair, from: pair[0]!, to: pair[1]! }));
  expect([...lineageOf(edges, "b")].toSorted()).toEqual(["a", "b", "c", "e"]);
  expect([...downstreamOf(edges, ["d"])].toSorted()).toEqual(["c", "d", "e"]);
});

const nodeAt = (x: number, y = 0): PlacedNode => ({ id: `${x} ${y}`, type: "card", position: { x, y }, width: 200, height: 80, data: { card: GRAPH.nodes[0]!.card, selected: false, ticked: false, faded: false } });

test("a small graph is seen as a whole, a large one from its beginning", () => {
  const screen = { clientWidth: 1000, clientHeight: 500 };
  expect(firstView([nodeAt(0), nodeAt(400)], "RIGHT", screen).zoom).toBe(1);
  const far = firstView([nodeAt(9_000), nodeAt(0)], "RIGHT", screen);
  expect(far.zoom).toBe(READABLE);
  expect(far.x).toBeGreaterThan(0);
});

test("a graph that is too large begins with what is around its beginning, and no empty edge", () => {
  const screen = { clientWidth: 800, clientHeight: 600 };
  const view = firstView([nodeAt(0, 0), nodeAt(9_000, 100), nodeAt(9_000, 4_000)], "RIGHT", screen);
  expect(view).toMatchObject({ x: 40, y: 40, zoom: READABLE });
});

test("nothing is put below what lies over the upper edge", () => {
  const { y } = firstView([nodeAt(0)], "DOWN", { clientWidth: 400, clientHeight: 200, covered: 60 });
  expect(y).toBeGreaterThanOrEqual(60);
});

test("of a graph that is drawn again only what has changed is another object", async () => {
  const layout = fromElk(await new Elk().layout(toElk(GRAPH, "DOWN")), GRAPH);
  const placer = new Placer();
  const before = placer.place(GRAPH, layout, {});
  const again = { ...GRAPH, nodes: GRAPH.nodes.map((node) => ({ ...node, card: { ...node.card, note: node.id === "d" ? "made" : undefined } })) };
  const after = placer.place(again, layout, { ticked: new Set(["a"]) });
  expect(after.filter((node, index) => node !== before[index]).map(({ id }) => id)).toEqual(["a", "d"]);
});

test("hundreds of nodes side by side are laid out, too", async () => {
  const names = Array.from({ length: 400 }, (_, index) => `handle[${index}]`);
  const fan: Graph = {
    nodes: ["split", ...names].map((id) => ({ id, card: { kind: "op", title: id } })),
    edges: names.map((to) => ({ id: to, from: "split", to })),
  };
  const { boxes } = fromElk(await new Elk().layout(toElk(fan, "DOWN")), fan);
  expect(boxes.size).toBe(401);
}, 60_000);

test("what stands in rows is inside its frame, one beside the other, and its edges end at the frame", async () => {
  const cards = Array.from({ length: 50 }, (_, index) => ({ id: `m${index}`, parent: "all", card: { kind: "op", title: `m${index}` } as const }));
  const graph: Graph = {
    nodes: [{ id: "split", card: { kind: "op", title: "split" } }, { id: "all", grid: true, card: { kind: "group", title: "all" } }, ...cards],
    edges: [{ id: "1", from: "split", to: "all" }],
  };
  const layout = fromElk(await new Elk().layout(toElk(graph, "DOWN")), graph);
  const frame = layout.boxes.get("all")!;
  const places = new Set<string>();
  for (const { id } of cards) {
    const box = layout.boxes.get(id)!;
    expect(box.x + box.width).toBeLessThan(frame.width);
    expect(box.y + box.height).toBeLessThan(frame.height);
    places.add(`${box.x} ${box.y}`);
  }
  expect(places.size).toBe(50);
  expect(frame.width / frame.height).toBeLessThan(3);
  expect(layout.routes.get("1")!.at(-1)!.y).toBeCloseTo(frame.y, 3);
  expect([...lineageIn(graph, "m7")].toSorted()).toEqual(["all", "m7", "split"]);
});

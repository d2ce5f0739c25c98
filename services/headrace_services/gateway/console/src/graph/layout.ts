import type { ELK } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";

import { fromElk, toElk } from "./elkGraph.ts";
import type { Direction, Graph, Layout } from "./model.ts";

const REHEARSALS = 8;
const REHEARSED_NODES = 64;

let engine: Promise<ELK> | undefined;
let wanted = false;

/** Finds places for the nodes and ways for the edges of a graph, in a thread of its own that is started with the first graph. */
export async function layoutGraph(graph: Graph, direction: Direction): Promise<Layout> {
  wanted = true;
  engine ??= start();
  return fromElk(await (await engine).layout(toElk(graph, direction)), graph);
}

/**
 * Gets ready to lay graphs out while what is in them is being read. The library is compiled as it is used: its first layout of
 * a thousand nodes takes several times as long as its second, unless it has practised on small ones.
 */
export function prepareLayout(): void {
  engine ??= start().then((ready) => {
    void rehearse(ready);
    return ready;
  });
}

async function rehearse(ready: ELK): Promise<void> {
  const names = Array.from({ length: REHEARSED_NODES }, (_, index) => String(index));
  const edges = names.slice(8).map((to, index) => ({ id: to, from: names[index]!, to }));
  const graph: Graph = { nodes: names.map((id) => ({ id, card: { kind: "asset", title: id } })), edges };
  // It is set by whoever wants a layout.
  // oxlint-disable-next-line no-unmodified-loop-condition
  for (let round = 0; round < REHEARSALS && !wanted; round += 1) {
    // In small pieces: whoever wants a layout meanwhile waits for one of them at most.
    // oxlint-disable-next-line no-await-in-loop
    await ready.layout(toElk(graph, "RIGHT"));
  }
}

async function start(): Promise<ELK> {
  const { default: Engine } = await import("elkjs/lib/elk-api.js");
  return new Engine({ workerFactory: () => new Worker(workerUrl) });
}

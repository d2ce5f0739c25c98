import type { ELK } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";

import { fromElk, toElk } from "./elkGraph.ts";
import type { Direction, Graph, Layout } from "./model.ts";

let engine: Promise<ELK> | undefined;

/** Finds places for the nodes and ways for the edges of a graph, in a thread of its own that is started with the first graph. */
export async function layoutGraph(graph: Graph, direction: Direction): Promise<Layout> {
  engine ??= start();
  return fromElk(await (await engine).layout(toElk(graph, direction)));
}

/** Gets ready to lay graphs out, while what is in them is being read. */
export function prepareLayout(): void {
  engine ??= start();
}

async function start(): Promise<ELK> {
  const { default: Engine } = await import("elkjs/lib/elk-api.js");
  return new Engine({ workerFactory: () => new Worker(workerUrl) });
}

import { groupBy } from "@/model/grouping.ts";
import type { Graph, GraphEdge } from "./model.ts";

type End = "from" | "to";

/** Returns everything that lies above and below a node along the edges, the node included. */
export function lineageOf(edges: readonly GraphEdge[], id: string): Set<string> {
  return new Set([...reach(edges, [id], "to", "from"), ...reach(edges, [id], "from", "to")]);
}

/** Returns the lineage of a node as it is drawn: what stands in rows has that of its frame. */
export function lineageIn({ nodes, edges }: Graph, id: string): Set<string> {
  const parent = nodes.find((node) => node.id === id)?.parent;
  const frame = nodes.find((node) => node.id === parent && node.grid);
  return new Set([id, ...lineageOf(edges, frame?.id ?? id)]);
}

/** Returns what lies downstream of some nodes, these included. */
export function downstreamOf(edges: readonly GraphEdge[], ids: Iterable<string>): Set<string> {
  return reach(edges, ids, "from", "to");
}

function reach(edges: readonly GraphEdge[], ids: Iterable<string>, near: End, far: End): Set<string> {
  const next = groupBy(edges, (edge) => edge[near]);
  const found = new Set(ids);
  // What is added while it is gone through is gone through, too.
  for (const id of found) for (const edge of next.get(id) ?? []) found.add(edge[far]);
  return found;
}

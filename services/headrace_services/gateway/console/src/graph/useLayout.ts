import { useEffect, useMemo, useState } from "react";

import { layoutGraph } from "./layout.ts";
import type { Direction, Graph, Layout } from "./model.ts";
import { cardSize } from "./sizes.ts";

/** A layout and the graph's structure that it was made for. */
interface Found {
  key: string;
  layout: Layout;
}

/** Where a graph's layout stands: the one before stays until the next is found. */
export interface LayoutState {
  layout: Layout | undefined;
  /** The graph has changed, and its new layout is being looked for. */
  pending: boolean;
  error: unknown;
}

/** Lays a graph out, again only when its structure changes: states come and go without moving anything. */
export function useLayout(graph: Graph, direction: Direction): LayoutState {
  const key = useMemo(() => structureKey(graph, direction), [graph, direction]);
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let current = true;
    layoutGraph(graph, direction).then(
      (layout) => current && setFound({ key, layout }),
      (problem: unknown) => current && setError(problem),
    );
    return () => {
      current = false;
    };
    // The key says all of the graph that a layout depends on.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return { layout: found?.layout, pending: found?.key !== key, error };
}

function structureKey({ nodes, edges }: Graph, direction: Direction): string {
  const boxes = nodes.map((node) => `${node.id}\0${node.parent ?? ""}\0${cardSize(node.card).height}`);
  return [direction, ...boxes, "", ...edges.map((edge) => `${edge.from}\0${edge.to}`)].join("\n");
}

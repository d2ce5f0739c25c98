import type { Node } from "@xyflow/react";

import type { Card, Graph, Layout, Point } from "./model.ts";

/** What a drawn node is given. */
export type NodeData = { card: Card; selected: boolean; ticked: boolean; faded: boolean; [key: string]: unknown };

/** A node as the graph view draws it. */
export type PlacedNode = Node<NodeData, "card" | "frame">;

const FRAME_Z = -100;

/** The nodes that stand out. */
interface Marked {
  selected?: string | undefined;
  ticked?: ReadonlySet<string> | undefined;
  /** All others are faded. */
  kept?: ReadonlySet<string> | undefined;
}

/** Joins a graph with its layout into nodes to draw: frames first and below, each at its place in the plane. */
export function placeNodes(graph: Graph, layout: Layout, { selected, ticked, kept }: Marked): PlacedNode[] {
  const parents = new Set(graph.nodes.map((node) => node.parent));
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const corner = (id: string | undefined): Point => {
    const box = id === undefined ? undefined : layout.boxes.get(id);
    if (!box) return { x: 0, y: 0 };
    const outer = corner(byId.get(id!)?.parent);
    return { x: outer.x + box.x, y: outer.y + box.y };
  };
  const depth = (id: string | undefined): number => (id === undefined ? 0 : 1 + depth(byId.get(id)?.parent));
  return graph.nodes.flatMap((node) => {
    const box = layout.boxes.get(node.id);
    if (!box) return [];
    const { width, height } = box;
    const framed = parents.has(node.id);
    return {
      id: node.id,
      type: framed ? "frame" : "card",
      position: corner(node.id),
      width,
      height,
      measured: { width, height },
      // Nodes that cannot be dragged or chosen by the library are out of reach of the mouse: what is on them has buttons.
      style: { pointerEvents: framed ? "none" : "all" },
      zIndex: framed ? FRAME_Z + depth(node.id) : 1,
      data: { card: node.card, selected: node.id === selected, ticked: ticked?.has(node.id) === true, faded: kept !== undefined && !kept.has(node.id) && !framed },
    } satisfies PlacedNode;
  });
}

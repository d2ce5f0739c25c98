import type { Node } from "@xyflow/react";

import type { Card, Graph, Layout, Point } from "./model.ts";

/** What a drawn node is given. */
export type NodeData = { card: Card; selected: boolean; ticked: boolean; faded: boolean; [key: string]: unknown };

/** A node as the graph view draws it. */
export type PlacedNode = Node<NodeData, "card" | "frame">;

const FRAME_Z = -100;

/** The nodes that stand out. */
export interface Marked {
  selected?: string | undefined;
  ticked?: ReadonlySet<string> | undefined;
  /** All others are faded. */
  kept?: ReadonlySet<string> | undefined;
}

/**
 * Places nodes again and again, and hands out the same object for one that looks as it did before: only what has changed is
 * drawn anew, which is what makes a tick on a graph of thousands cost no more than on one of ten.
 */
export class Placer {
  #before = new Map<string, PlacedNode>();

  /** Returns the nodes to draw. */
  place(graph: Graph, layout: Layout, marked: Marked): PlacedNode[] {
    const nodes = placeNodes(graph, layout, marked).map((node) => {
      const before = this.#before.get(node.id);
      return before && looksLike(before, node) ? before : node;
    });
    this.#before = new Map(nodes.map((node) => [node.id, node]));
    return nodes;
  }
}

function looksLike(one: PlacedNode, other: PlacedNode): boolean {
  return (
    one.position.x === other.position.x &&
    one.position.y === other.position.y &&
    one.width === other.width &&
    one.height === other.height &&
    one.type === other.type &&
    one.zIndex === other.zIndex &&
    one.data.selected === other.data.selected &&
    one.data.ticked === other.data.ticked &&
    one.data.faded === other.data.faded &&
    // Cards are made anew with every event; they are plain and small.
    JSON.stringify(one.data.card) === JSON.stringify(other.data.card)
  );
}

/** Joins a graph with its layout into nodes to draw: frames first and below, each at its place in the plane. */
function placeNodes(graph: Graph, layout: Layout, { selected, ticked, kept }: Marked): PlacedNode[] {
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

import type { ElkEdgeSection, ElkNode } from "elkjs/lib/elk-api.js";

import { groupBy } from "@/model/grouping.ts";
import type { Box, Direction, Graph, GraphNode, Layout, Point } from "./model.ts";
import { cardSize, gridOf, FRAME_HEAD, FRAME_PADDING } from "./sizes.ts";

// Above this the finer steps of the layout would be waited for.
const LARGE = 60;
// Above this, half of the time of a layout would go into straightening edges, which nobody sees among so many.
const HUGE = 400;

/** Writes a graph as the layout library takes it. */
export function toElk(graph: Graph, direction: Direction): ElkNode {
  const children = groupBy(graph.nodes, (node) => node.parent ?? "");
  return {
    id: ROOT,
    layoutOptions: options(direction, graph.nodes.length),
    children: (children.get("") ?? []).map((node) => elkNode(node, children, spacings(direction))),
    edges: graph.edges.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
}

/** Reads where the layout library has put everything; what stands in rows it has not seen. */
export function fromElk(root: ElkNode, graph: Graph): Layout {
  const boxes = new Map<string, Box>();
  const corners = new Map<string, Point>([[ROOT, { x: 0, y: 0 }]]);
  const visit = (node: ElkNode, origin: Point) => {
    for (const child of node.children ?? []) {
      const { x = 0, y = 0, width = 0, height = 0 } = child;
      boxes.set(child.id, { x, y, width, height });
      corners.set(child.id, { x: origin.x + x, y: origin.y + y });
      visit(child, { x: origin.x + x, y: origin.y + y });
    }
  };
  visit(root, { x: 0, y: 0 });
  for (const members of grids(graph).values()) {
    const grid = gridOf(members.map((node) => node.card));
    for (const [index, node] of members.entries()) boxes.set(node.id, grid.boxes[index]!);
  }
  const routes = new Map(
    (root.edges ?? []).map((edge) => {
      const origin = corners.get((edge as { container?: string }).container ?? ROOT) ?? { x: 0, y: 0 };
      return [edge.id, (edge.sections ?? []).flatMap(bends).map((point) => ({ x: point.x + origin.x, y: point.y + origin.y }))] as const;
    }),
  );
  return { boxes, routes, width: root.width ?? 0, height: root.height ?? 0 };
}

const ROOT = "root";

/** Returns what is in each frame in which cards stand in rows. */
function grids({ nodes }: Graph): Map<string, GraphNode[]> {
  const ids = new Set(nodes.filter((node) => node.grid).map((node) => node.id));
  return groupBy(nodes.filter((node) => node.parent !== undefined && ids.has(node.parent)), (node) => node.parent!);
}

function elkNode(node: GraphNode, children: Map<string, GraphNode[]>, spacing: Record<string, string>): ElkNode {
  const inside = children.get(node.id);
  if (!inside) return { id: node.id, ...cardSize(node.card) };
  if (node.grid) {
    const { width, height } = gridOf(inside.map((child) => child.card));
    return { id: node.id, width, height };
  }
  return {
    id: node.id,
    layoutOptions: {
      ...spacing,
      "elk.padding": `[top=${FRAME_HEAD + 10},left=${FRAME_PADDING},bottom=${FRAME_PADDING},right=${FRAME_PADDING}]`,
    },
    children: inside.map((child) => elkNode(child, children, spacing)),
  };
}

function options(direction: Direction, size: number): Record<string, string> {
  return {
    "elk.algorithm": "layered",
    "elk.direction": direction,
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.padding": "[top=8,left=8,bottom=8,right=8]",
    ...spacings(direction),
    "elk.spacing.componentComponent": "44",
    // It costs the square of a layer: with four hundred steps side by side a layout would not end within a minute.
    "elk.layered.considerModelOrder.strategy": size > LARGE ? "NONE" : "NODES_AND_EDGES",
    "elk.layered.nodePlacement.strategy": size > HUGE ? "SIMPLE" : size > LARGE ? "BRANDES_KOEPF" : "NETWORK_SIMPLEX",
    "elk.layered.thoroughness": size > HUGE ? "1" : size > LARGE ? "2" : "7",
    "elk.aspectRatio": "1.6",
  };
}

/** Spaces are not handed down to what is inside a node: each says them again. */
function spacings(direction: Direction): Record<string, string> {
  return {
    "elk.spacing.nodeNode": "28",
    "elk.spacing.edgeNode": "20",
    "elk.spacing.edgeEdge": "12",
    "elk.layered.spacing.nodeNodeBetweenLayers": direction === "DOWN" ? "52" : "64",
    "elk.layered.spacing.edgeNodeBetweenLayers": "22",
  };
}

function bends(section: ElkEdgeSection): Point[] {
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
}

import type { GraphNode as JobNode, NodeOutputRef } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { count } from "@/model/numbers.ts";
import type { StateLook } from "@/model/states.ts";
import { firstLine } from "@/model/text.ts";
import type { Card, Graph, GraphEdge, GraphNode } from "../model.ts";

/** How a node is shown: its state and what is to be said of it. */
export interface NodeState {
  look: StateLook;
  note?: string;
}

/** What a graph of ops is drawn from. */
export interface JobGraphOptions {
  /** The nodes of which the inside is shown. */
  open: ReadonlySet<string>;
  /** States by the path of the node; none where nothing runs. */
  states?: ReadonlyMap<string, NodeState>;
}

/** Returns the path of a node, which is also the key of its step: `inner.add`. */
export function nodePath(parent: string, name: string): string {
  return parent ? `${parent}.${name}` : name;
}

/** Makes the graph of a job's ops; graphs among them are one card, or a frame with what is inside. */
export function jobGraph(nodes: readonly JobNode[], { open, states }: JobGraphOptions): Graph {
  const root: Level = { nodes: new Map(nodes.map((node) => [node.name, node])), path: "" };
  const drawn: GraphNode[] = [];
  const edges = new Map<string, GraphEdge>();
  const draw = (level: Level) => {
    for (const node of level.nodes.values()) {
      const id = nodePath(level.path, node.name);
      const inside = node.nodes.length > 0 && open.has(id);
      drawn.push({ id, parent: level.path || undefined, card: nodeCard(node, inside, states?.get(id)) });
      if (inside) {
        draw({ nodes: new Map(node.nodes.map((each) => [each.name, each])), path: id, node, above: level });
        continue;
      }
      for (const input of node.inputs) {
        for (const from of input.sources.flatMap((source) => origins(source, level, open))) {
          edges.set(`${from}→${id}`, { id: `${from}→${id}`, from, to: id, label: input.name });
        }
      }
    }
  };
  draw(root);
  return { nodes: drawn, edges: [...edges.values()] };
}

/** Returns the paths of all nodes that have others inside. */
export function graphPaths(nodes: readonly JobNode[], parent = ""): string[] {
  return nodes.flatMap((node) => (node.nodes.length > 0 ? [nodePath(parent, node.name), ...graphPaths(node.nodes, nodePath(parent, node.name))] : []));
}

/** Returns how many nodes there are, at all levels. */
export function nodeCount(nodes: readonly JobNode[]): number {
  return nodes.reduce((sum, node) => sum + 1 + nodeCount(node.nodes), 0);
}

/** Finds a node by its path. */
export function nodeAt(nodes: readonly JobNode[], path: string): JobNode | undefined {
  const [name, ...rest] = path.split(".");
  const node = nodes.find((each) => each.name === name);
  return rest.length === 0 || !node ? node : nodeAt(node.nodes, rest.join("."));
}

/** One level of nested graphs. */
interface Level {
  nodes: ReadonlyMap<string, JobNode>;
  path: string;
  /** The node whose inside it is. */
  node?: JobNode;
  above?: Level;
}

/** Returns the drawn nodes from which an output comes: through the surroundings of a graph, and from inside one that is open. */
function origins(source: NodeOutputRef, level: Level, open: ReadonlySet<string>): string[] {
  if (!source.node) {
    const input = level.node?.inputs.find((each) => each.name === source.output);
    return level.above ? (input?.sources ?? []).flatMap((each) => origins(each, level.above!, open)) : [];
  }
  const node = level.nodes.get(source.node);
  if (!node) return [];
  const id = nodePath(level.path, node.name);
  const inner = node.outputs.find((each) => each.name === source.output)?.source;
  if (node.nodes.length === 0 || !open.has(id) || !inner) return [id];
  return origins(inner, { nodes: new Map(node.nodes.map((each) => [each.name, each])), path: id, node, above: level }, open);
}

function nodeCard(node: JobNode, inside: boolean, state: NodeState | undefined): Card {
  const nested = node.nodes.length > 0;
  const chips = [
    ...(node.definitionName && node.definitionName !== node.name ? [node.definitionName] : []),
    ...(node.pool ? [`pool ${node.pool}`] : []),
    ...(node.outputs.some((output) => output.dynamic) ? ["dynamic"] : []),
  ];
  return {
    kind: nested ? "graph" : "op",
    title: node.name,
    text: firstLine(node.description),
    look: state?.look,
    note: state?.note ?? (nested && !inside ? count(nodeCount(node.nodes), "node") : undefined),
    chips,
    expandable: nested && !inside,
  };
}

import type { StateLook } from "@/model/states.ts";

/** What a node of a graph looks like: ops, assets and groups share one look. */
export interface Card {
  kind: "op" | "graph" | "asset" | "group";
  title: string;
  /** A line below the title: a description. */
  text?: string;
  /** Where it stands. */
  look?: StateLook;
  /** What is to be said about its state: a time, a number. */
  note?: string;
  /** Words at its lower edge: kinds, a pool. */
  chips?: readonly string[];
  /** Something to look out for: a check that failed, an asset that is stale. */
  warnings?: readonly Warning[];
  /** It is made elsewhere: its frame is dashed. */
  foreign?: boolean;
  /** There is something inside that can be shown. */
  expandable?: boolean;
  /** It is not part of what is looked at. */
  dimmed?: boolean;
}

/** Something to look out for, in a word, and its colour. */
export interface Warning {
  text: string;
  tone: "warning" | "failed" | "succeeded";
}

/** A node; one with a `parent` is drawn inside of it. */
export interface GraphNode {
  id: string;
  parent?: string;
  card: Card;
  /** What is inside has no edges of its own, and stands in rows: a layout of hundreds side by side would be one long line. */
  grid?: boolean;
}

/** An edge from one node to another, at whatever level these are. */
export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  /** What flows, shown on hover. */
  label?: string;
}

/** A graph to draw. */
export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

/** Where the graph flows to. */
export type Direction = "DOWN" | "RIGHT";

/** A point of the plane. */
export interface Point {
  x: number;
  y: number;
}

/** A place in the plane; of a node inside another it is relative to that one. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** Where everything is. */
export interface Layout {
  boxes: ReadonlyMap<string, Box>;
  /** The bends of each edge, from its beginning to its end. */
  routes: ReadonlyMap<string, readonly Point[]>;
  width: number;
  height: number;
}

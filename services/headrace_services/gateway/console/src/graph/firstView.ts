import type { Direction, Point } from "./model.ts";
import type { PlacedNode } from "./placed.ts";

/** From here on names on cards can be read. */
export const READABLE = 0.6;

const MARGIN = 40;
const LARGEST = 1;

/** The room there is to draw in. */
export interface Screen {
  clientWidth: number;
  clientHeight: number;
  /** How much of its upper edge something else lies over. */
  covered?: number;
}

/** How a line of the plane is shown on a line of the screen. */
interface Extent {
  low: number;
  size: number;
}

/** A part of the plane on the screen. */
interface View extends Point {
  zoom: number;
}

/** Returns how to look at a graph at first: at all of it, or, if nobody could read that, at its beginning. */
export function firstView(nodes: readonly PlacedNode[], direction: Direction, screen: Screen): View {
  if (nodes.length === 0) return { x: 0, y: 0, zoom: LARGEST };
  const { fitting } = measured(nodes, screen);
  const along = direction === "RIGHT" ? "x" : "y";
  const beginning = nodes.reduce((one, other) => (other.position[along] < one.position[along] ? other : one)).position;
  return viewOf(nodes, screen, fitting >= READABLE / 2 ? fitting : READABLE, beginning);
}

/** Returns how to look at all of a graph, readable or not; no farther than `least` allows. */
export function wholeView(nodes: readonly PlacedNode[], screen: Screen, least: number): View {
  if (nodes.length === 0) return { x: 0, y: 0, zoom: LARGEST };
  const { wide, high, fitting } = measured(nodes, screen);
  return viewOf(nodes, screen, Math.max(least, fitting), { x: wide.low + wide.size / 2, y: high.low + high.size / 2 });
}

function viewOf(nodes: readonly PlacedNode[], screen: Screen, zoom: number, focus: Point): View {
  const { wide, high, top, room } = measured(nodes, screen);
  return { x: shift(wide, zoom, MARGIN, room.width, focus.x), y: shift(high, zoom, top, room.height, focus.y), zoom };
}

function measured(nodes: readonly PlacedNode[], { clientWidth, clientHeight, covered = 0 }: Screen) {
  const wide = extent(nodes, (node) => node.position.x, (node) => node.width ?? 0);
  const high = extent(nodes, (node) => node.position.y, (node) => node.height ?? 0);
  const top = Math.max(MARGIN, covered);
  const room = { width: clientWidth - 2 * MARGIN, height: clientHeight - top - MARGIN };
  return { wide, high, top, room, fitting: Math.min(LARGEST, room.width / wide.size, room.height / high.size) };
}

function extent(nodes: readonly PlacedNode[], from: (node: PlacedNode) => number, size: (node: PlacedNode) => number): Extent {
  const low = Math.min(...nodes.map(from));
  return { low, size: Math.max(...nodes.map((node) => from(node) + size(node))) - low };
}

/** Returns where zero lies: what fits is in the middle; of the rest as much is seen as can be around `focus`. */
function shift({ low, size }: Extent, zoom: number, margin: number, room: number, focus: number): number {
  const free = room - size * zoom;
  if (free >= 0) return margin + free / 2 - low * zoom;
  const focused = margin + room / 2 - focus * zoom;
  return Math.min(margin - low * zoom, Math.max(margin + free - low * zoom, focused));
}

import type { Direction } from "./model.ts";
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

/** Returns how to look at a graph at first: at all of it, or, if nobody could read that, at its beginning. */
export function firstView(nodes: readonly PlacedNode[], direction: Direction, { clientWidth, clientHeight, covered = 0 }: Screen): { x: number; y: number; zoom: number } {
  if (nodes.length === 0) return { x: 0, y: 0, zoom: LARGEST };
  const wide = extent(nodes, (node) => node.position.x, (node) => node.width ?? 0);
  const high = extent(nodes, (node) => node.position.y, (node) => node.height ?? 0);
  const top = Math.max(MARGIN, covered);
  const room = { width: clientWidth - 2 * MARGIN, height: clientHeight - top - MARGIN };
  const fitting = Math.min(LARGEST, room.width / wide.size, room.height / high.size);
  const zoom = fitting >= READABLE / 2 ? fitting : READABLE;
  const along = direction === "RIGHT" ? "x" : "y";
  const beginning = nodes.reduce((one, other) => (other.position[along] < one.position[along] ? other : one)).position;
  return {
    x: shift(wide, zoom, MARGIN, room.width, direction === "RIGHT" ? wide.low : beginning.x),
    y: shift(high, zoom, top, room.height, direction === "RIGHT" ? beginning.y : high.low),
    zoom,
  };
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

import type { Direction } from "./model.ts";
import type { PlacedNode } from "./placed.ts";

/** From here on names on cards can be read. */
export const READABLE = 0.6;

const MARGIN = 40;
const LARGEST = 1;

interface Screen {
  clientWidth: number;
  clientHeight: number;
}

/** Returns how to look at a graph at first: at all of it, or, if nobody could read that, at its beginning. */
export function firstView(nodes: readonly PlacedNode[], direction: Direction, screen: Screen): { x: number; y: number; zoom: number } {
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  const width = Math.max(...nodes.map((node) => node.position.x + (node.width ?? 0))) - left;
  const height = Math.max(...nodes.map((node) => node.position.y + (node.height ?? 0))) - top;
  const { clientWidth, clientHeight } = screen;
  const fitting = Math.min(LARGEST, (clientWidth - 2 * MARGIN) / width, (clientHeight - 2 * MARGIN) / height);
  if (fitting >= READABLE / 2 || nodes.length === 0) {
    return { x: (clientWidth - width * fitting) / 2 - left * fitting, y: (clientHeight - height * fitting) / 2 - top * fitting, zoom: fitting };
  }
  const along = direction === "RIGHT" ? "x" : "y";
  const beginning = nodes.reduce((one, other) => (other.position[along] < one.position[along] ? other : one)).position;
  return direction === "RIGHT"
    ? { x: MARGIN - beginning.x * READABLE, y: clientHeight / 2 - beginning.y * READABLE, zoom: READABLE }
    : { x: clientWidth / 2 - beginning.x * READABLE, y: MARGIN * 2 - beginning.y * READABLE, zoom: READABLE };
}

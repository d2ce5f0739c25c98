import type { Card } from "./model.ts";

const WIDTH = 232;
const HEAD = 42;
const LINE = 19;
const FOOT = 26;

/** The room above what is inside a frame. */
export const FRAME_HEAD = 40;
/** The room around what is inside a frame. */
export const FRAME_PADDING = 18;

/** Returns how large a card is: known before it is drawn, so that a layout needs no browser. */
export function cardSize(card: Card): { width: number; height: number } {
  const lines = (card.text ? 1 : 0) + (card.look || card.note ? 1 : 0);
  const foot = (card.chips?.length ?? 0) + (card.warnings?.length ?? 0) > 0;
  return { width: WIDTH, height: HEAD + lines * LINE + (lines > 0 ? 6 : 0) + (foot ? FOOT : 0) };
}

import type { Box, Card } from "./model.ts";

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

const GRID_GAP = 18;
const GRID_RATIO = 1.6;

/** Returns where cards stand in rows inside a frame, and how large it is. */
export function gridOf(cards: readonly Card[]): { boxes: Box[]; width: number; height: number } {
  const tallest = Math.max(0, ...cards.map((card) => cardSize(card).height));
  const [across, down] = [WIDTH + GRID_GAP, tallest + GRID_GAP];
  const columns = Math.max(1, Math.round(Math.sqrt((cards.length * GRID_RATIO * down) / across)));
  const boxes = cards.map((card, index) => ({
    x: FRAME_PADDING + (index % columns) * across,
    y: FRAME_HEAD + Math.floor(index / columns) * down,
    ...cardSize(card),
  }));
  const rows = Math.ceil(cards.length / columns);
  return { boxes, width: 2 * FRAME_PADDING + columns * across - GRID_GAP, height: FRAME_HEAD + rows * down - GRID_GAP + FRAME_PADDING };
}

import type { Point } from "./model.ts";

const RADIUS = 10;

/** Draws a way through points as an SVG path whose corners are round. */
export function routePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first || rest.length === 0) return "";
  const parts = [`M${at(first)}`];
  points.slice(1, -1).forEach((corner, index) => {
    const before = points[index]!;
    const after = points[index + 2]!;
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    parts.push(`L${at(towards(corner, before, radius))}`, `Q${at(corner)} ${at(towards(corner, after, radius))}`);
  });
  parts.push(`L${at(points.at(-1)!)}`);
  return parts.join(" ");
}

function at({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole };
}

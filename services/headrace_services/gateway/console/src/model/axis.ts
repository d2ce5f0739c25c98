const SECOND = 1000;
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, // milliseconds
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map((seconds) => seconds * SECOND),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * 3_600 * SECOND),
];

/** Returns round moments between `from` and `to`, at most `most`; counted from `origin`. */
export function ticks(from: number, to: number, most: number, origin: number): number[] {
  const span = Math.max(1, to - from);
  const step = STEPS.find((each) => span / each <= most) ?? STEPS.at(-1)! * Math.ceil(span / STEPS.at(-1)! / most);
  const first = Math.ceil((from - origin) / step) * step + origin;
  const moments: number[] = [];
  for (let moment = first; moment <= to; moment += step) moments.push(moment);
  return moments;
}

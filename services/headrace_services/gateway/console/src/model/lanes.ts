/** Something with a place on a line. */
export interface Stretch<T> {
  from: number;
  to: number;
  items: T[];
}

/**
 * Puts things that would be drawn over each other together.
 *
 * @param items In any order.
 * @param place Where one begins and ends, in pixels.
 * @param least What one is drawn with at least, in pixels.
 */
export function batches<T>(items: readonly T[], place: (item: T) => { from: number; to: number }, least: number): Stretch<T>[] {
  const placed = items.map((item) => ({ item, ...place(item) })).toSorted((one, other) => one.from - other.from);
  const found: Stretch<T>[] = [];
  for (const { item, from, to } of placed) {
    const end = Math.max(to, from + least);
    const last = found.at(-1);
    if (last && from < last.to + 1) {
      last.items.push(item);
      last.to = Math.max(last.to, end);
    } else {
      found.push({ from, to: end, items: [item] });
    }
  }
  return found;
}

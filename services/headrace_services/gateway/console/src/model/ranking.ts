/**
 * Says how well a text answers a query; 0: not at all.
 *
 * Every word of the query has to be somewhere in the text. The whole name counts most, then its beginning, then the
 * beginning of one of its words, then anything inside.
 */
export function rank(text: string, query: string): number {
  const name = text.toLowerCase();
  let total = 0;
  for (const word of query.toLowerCase().split(/[\s/]+/).filter(Boolean)) {
    const at = name.indexOf(word);
    if (at < 0) return 0;
    const whole = name === word;
    const begins = at === 0;
    const beginsWord = at > 0 && /[^a-z0-9]/.test(name[at - 1]!);
    total += whole ? 100 : begins ? 60 : beginsWord ? 40 : 15;
  }
  // Of two that match alike the shorter is more likely meant.
  return total && total + 10 / (1 + text.length);
}

/** Returns the best of some items, the best first. */
export function best<T>(items: readonly T[], text: (item: T) => string, query: string, most: number): T[] {
  return items
    .map((item) => ({ item, score: rank(text(item), query) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ item }) => item);
}

/** How a partition stands. */
export type PartitionLook = "missing" | "materialized" | "stale" | "in_progress" | "failed";

/** Neighbouring partitions that are drawn as one cell. */
export interface Cell {
  first: number;
  last: number;
  look: PartitionLook;
  /** How many of them were made. */
  made: number;
}

/** Joins partitions into at most `most` cells; a cell looks like the worst of what is in it. */
export function cellsOf(looks: readonly PartitionLook[], most: number): Cell[] {
  const size = Math.max(1, Math.ceil(looks.length / most));
  const cells: Cell[] = [];
  for (let first = 0; first < looks.length; first += size) {
    const some = looks.slice(first, first + size);
    cells.push({ first, last: first + some.length - 1, look: worst(some), made: some.filter((look) => look === "materialized" || look === "stale").length });
  }
  return cells;
}

function worst(looks: readonly PartitionLook[]): PartitionLook {
  return (["failed", "in_progress", "missing", "stale", "materialized"] as const).find((look) => looks.includes(look)) ?? "missing";
}

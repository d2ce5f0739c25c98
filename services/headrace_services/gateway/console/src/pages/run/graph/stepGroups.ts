import type { GraphEdge } from "@/graph/model.ts";
import { groupBy } from "@/model/grouping.ts";
import { formatNumber } from "@/model/numbers.ts";
import { unmapped, type StepProgress } from "@/model/runProgress.ts";

/** Steps that are one card until somebody wants to see them. */
export interface StepGroup {
  id: string;
  title: string;
  members: StepProgress[];
  /** Some of them depend on others. */
  linked: boolean;
}

// Up to so many steps, and to so many alike, all are drawn one by one.
const ALL = 150;
const ALIKE = 12;
// Of more cards, those on one level are a card.
const MOST_CARDS = 200;
const MOST_LEVELS = 100;

/**
 * Gathers the steps of a run that is too large to be seen at once: those of one op with a dynamic input first; if too many are
 * left, as in a job of a thousand assets, those that are equally far from the beginning.
 */
export function stepGroups(steps: readonly StepProgress[]): StepGroup[] {
  if (steps.length <= ALL) return [];
  const alike = [...groupBy(steps, (step) => unmapped(step.key))]
    .filter(([, members]) => members.length >= ALIKE)
    .map(([base, members]) => ({ id: `all ${base}`, title: `${base}[…]`, members, linked: false }));
  const gathered = new Map(alike.flatMap((group) => group.members.map((step) => [step.key, group.id] as const)));
  const single = steps.filter((step) => !gathered.has(step.key));
  if (single.length + alike.length <= MOST_CARDS) return alike;
  const links = linksBetween(steps, (step) => gathered.get(step.key) ?? step.key);
  return [...alike, ...onLevels(single, levelsOf(links))];
}

/** Returns the edges between what `nodeOf` draws for steps. */
export function linksBetween(steps: readonly StepProgress[], nodeOf: (step: StepProgress) => string): GraphEdge[] {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const nodesOfBase = new Map([...groupBy(steps, (step) => unmapped(step.key))].map(([base, some]) => [base, new Set(some.map(nodeOf))]));
  const links = new Map<string, GraphEdge>();
  for (const step of steps) {
    const to = nodeOf(step);
    const mappingKey = step.key.slice(unmapped(step.key).length);
    for (const above of step.dependsOn) {
      // `next[a]` takes what `handle[a]` gives, and whoever collects takes what all of them give.
      const twin = mappingKey && byKey.get(`${above}${mappingKey}`);
      for (const from of twin ? [nodeOf(twin)] : (nodesOfBase.get(above) ?? [])) {
        if (from !== to) links.set(`${from} → ${to}`, { id: `${from} → ${to}`, from, to });
      }
    }
  }
  return [...links.values()];
}

function onLevels(steps: readonly StepProgress[], levels: ReadonlyMap<string, number>): StepGroup[] {
  const highest = Math.max(...levels.values(), 0) + 1;
  const height = Math.ceil(highest / MOST_LEVELS);
  const bands = groupBy(steps, (step) => Math.floor((levels.get(step.key) ?? 0) / height));
  return [...bands]
    .filter(([, members]) => members.length > 1)
    .map(([band, members]) => {
      const [first, last] = [band * height + 1, Math.min(highest, (band + 1) * height)];
      const title = first === last ? `Level ${formatNumber(first)}` : `Levels ${formatNumber(first)} to ${formatNumber(last)}`;
      return { id: `level ${band}`, title, members, linked: first !== last };
    });
}

/** Returns how far each node is from the beginning, by the longest way. */
function levelsOf(links: readonly GraphEdge[]): Map<string, number> {
  const below = groupBy(links, (link) => link.from);
  const missing = new Map<string, number>();
  for (const { to } of links) missing.set(to, (missing.get(to) ?? 0) + 1);
  const levels = new Map([...below.keys()].filter((id) => !missing.has(id)).map((id) => [id, 0]));
  // What is added while it is gone through is gone through, too.
  for (const [id, level] of levels) {
    for (const { to } of below.get(id) ?? []) {
      const left = missing.get(to)! - 1;
      missing.set(to, left);
      if (left === 0) levels.set(to, 1 + level);
    }
  }
  return levels;
}

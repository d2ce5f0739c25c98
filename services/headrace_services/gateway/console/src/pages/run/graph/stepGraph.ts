import type { Card, Graph, GraphNode } from "@/graph/model.ts";
import { together } from "@/graph/job/stepStates.ts";
import { keyText } from "@/model/assetKeys.ts";
import { count, formatNumber } from "@/model/numbers.ts";
import type { StepProgress } from "@/model/runProgress.ts";
import { stepStateLook, type StepState } from "@/model/states.ts";
import { formatSpan } from "@/model/time.ts";
import { linksBetween, stepGroups, type StepGroup } from "./stepGroups.ts";

/** How steps are drawn. */
interface Options {
  /** The groups of which the steps are shown. */
  open: ReadonlySet<string>;
  /** The step that is looked at: shown wherever it can be. */
  chosen: string;
}

/** A graph of steps, and what its nodes stand for. */
export interface DrawnSteps {
  graph: Graph;
  /** The nodes that open and close. */
  groups: ReadonlySet<string>;
  /** The nodes that stand for steps that are not shown. */
  rests: ReadonlySet<string>;
  /** The node that stands for the chosen step. */
  chosenNode: string | undefined;
}

const MOST_OPEN = 100;
const WORTH_SEEING: readonly StepState[] = ["failed", "running", "retrying", "canceled", "waiting", "skipped", "succeeded"];

/** Makes the graph of a run's steps: all of them, or, where nobody could see so many, groups that open. */
export function stepGraph(steps: readonly StepProgress[], { open, chosen }: Options): DrawnSteps {
  const groups = stepGroups(steps);
  const nodeOf = new Map<string, string>();
  const rests = new Set<string>();
  const nodes = groups.flatMap((group) => {
    const opened = open.has(group.id);
    const shown = opened ? worthSeeing(group.members, chosen) : [];
    const rest = group.members.length - shown.length;
    const hidden = opened ? restId(group) : group.id;
    for (const step of group.members) nodeOf.set(step.key, hidden);
    for (const step of shown) nodeOf.set(step.key, step.key);
    const inside: GraphNode[] = shown.map((step) => ({ id: step.key, parent: group.id, card: stepCard(step) }));
    if (opened && rest > 0) {
      rests.add(hidden);
      inside.push({ id: hidden, parent: group.id, card: { kind: "op", title: `${formatNumber(rest)} more`, text: "The timeline has all of them" } });
    }
    return [{ id: group.id, grid: !group.linked, card: groupCard(group, opened) }, ...inside];
  });
  const single = steps.filter((step) => !nodeOf.has(step.key)).map((step): GraphNode => ({ id: step.key, card: stepCard(step) }));
  const frames = new Map(groups.filter((group) => !group.linked).flatMap((group) => group.members.map((step) => [step.key, group.id] as const)));
  const edges = linksBetween(steps, (step) => frames.get(step.key) ?? nodeOf.get(step.key) ?? step.key);
  return {
    graph: { nodes: [...single, ...nodes], edges },
    groups: new Set(groups.map((group) => group.id)),
    rests,
    chosenNode: chosen ? (nodeOf.get(chosen) ?? chosen) : undefined,
  };
}

function restId(group: StepGroup): string {
  return `rest of ${group.id}`;
}

/** Returns the steps of an open group that are drawn, in their order: if not all, then those that need somebody's eyes. */
function worthSeeing(members: readonly StepProgress[], chosen: string): StepProgress[] {
  if (members.length <= MOST_OPEN) return [...members];
  const rank = (step: StepProgress) => (step.key === chosen ? -1 : WORTH_SEEING.indexOf(step.state));
  const kept = new Set(members.toSorted((one, other) => rank(one) - rank(other)).slice(0, MOST_OPEN));
  return members.filter((step) => kept.has(step));
}

function groupCard(group: StepGroup, opened: boolean): Card {
  const { look, note } = together(group.members);
  return { kind: "group", title: group.title, text: count(group.members.length, "step"), look, note, expandable: !opened };
}

function stepCard(step: StepProgress): Card {
  return {
    kind: "op",
    title: step.key,
    look: stepStateLook(step.state),
    note: step.start !== undefined && step.end !== undefined ? formatSpan(step.end - step.start) : undefined,
    chips: [...step.assetKeys.map(keyText), ...(step.pool ? [step.pool] : [])],
  };
}

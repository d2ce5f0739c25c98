import { formatNumber } from "@/model/numbers.ts";
import { stepStateLook, type StepState } from "@/model/states.ts";
import type { NodeState } from "./jobGraph.ts";

/** A step of a run, as far as a graph shows it. */
export interface Step {
  key: string;
  state: StepState;
  /** What is to be said of it, for example how long it took. */
  note?: string;
}

const WORST_FIRST: readonly StepState[] = ["failed", "running", "retrying", "canceled", "waiting", "skipped", "succeeded"];

/**
 * Gathers the states of steps by the nodes they belong to: a node with a dynamic input has a step for each mapping key,
 * and a graph has those of all that is inside.
 */
export function nodeStates(steps: Iterable<Step>): Map<string, NodeState> {
  const byNode = new Map<string, Step[]>();
  for (const step of steps) {
    const parts = step.key.replaceAll(/\[[^\]]*\]/g, "").split(".");
    for (let length = parts.length; length > 0; length -= 1) {
      const path = parts.slice(0, length).join(".");
      const known = byNode.get(path);
      if (known) known.push(step);
      else byNode.set(path, [step]);
    }
  }
  return new Map([...byNode].map(([path, some]) => [path, together(some)]));
}

/** Says in one how it stands with some steps. */
export function together(steps: readonly Step[]): NodeState {
  const [only] = steps;
  if (steps.length === 1) return { look: stepStateLook(only!.state), note: only!.note };
  const done = steps.filter((step) => step.state === "succeeded").length;
  const begun = steps.some((step) => step.state !== "waiting");
  const worst = WORST_FIRST.find((state) => steps.some((step) => step.state === state))!;
  // Between two of its steps nothing runs, and yet it is not waiting to begin.
  const state = worst === "waiting" && begun ? "running" : worst;
  return { look: stepStateLook(state), note: `${formatNumber(done)} of ${formatNumber(steps.length)}` };
}

import type { StepProgress } from "@/model/runProgress.ts";

/** Returns steps in the order in which they began; those that have not, at the end, in the order of the plan. */
export function inOrder(steps: Iterable<StepProgress>): StepProgress[] {
  return [...steps].toSorted((one, other) => (one.start ?? Infinity) - (other.start ?? Infinity) || 0);
}

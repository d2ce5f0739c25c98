import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { groupBy } from "./grouping.ts";

const OVER: readonly RunState[] = [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED];

/** Tells whether a state is an end. */
export function isOver(state: RunState): boolean {
  return OVER.includes(state);
}

/** Returns a run as it is after a change of its state; the run itself if the change is no news. */
export function patched(run: Run, event: Event): Run {
  if (event.detail.case !== "runStateChanged" || event.runId !== run.runId || event.sequence <= run.lastSequence) return run;
  const { state, failure, runAttempt } = event.detail.value;
  const next = { ...run, state, lastSequence: event.sequence, attempt: Math.max(run.attempt, runAttempt) };
  if (failure) next.failure = failure;
  if (state === RunState.STARTING) next.admitTime = event.eventTime;
  if (state === RunState.RUNNING) next.startTime = event.eventTime;
  if (isOver(state)) next.finishTime = event.eventTime;
  return next;
}

/** Returns runs as they are after changes of states; the same list if none of them is touched. */
export function patchedAll(runs: Run[], events: readonly Event[]): Run[] {
  const byRun = groupBy(events, (event) => event.runId);
  if (!runs.some((run) => byRun.has(run.runId))) return runs;
  return runs.map((run) => (byRun.get(run.runId) ?? []).reduce(patched, run));
}

/** Returns the runs of both lists, newest first, each once; of two versions the newer. */
export function merged(known: readonly Run[], read: readonly Run[]): Run[] {
  const byId = new Map(known.map((run) => [run.runId, run]));
  for (const run of read) {
    const before = byId.get(run.runId);
    if (!before || before.lastSequence <= run.lastSequence) byId.set(run.runId, run);
  }
  // Ids begin with the time at which they were made.
  return [...byId.values()].toSorted((one, other) => (one.runId < other.runId ? 1 : -1));
}

import { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";

/** How a state looks: the names of the colours in `tokens.css`, each with a shape of its own. */
export type Tone = "queued" | "starting" | "running" | "succeeded" | "failed" | "canceled" | "warning" | "neutral";

/** A state in words and looks. */
export interface StateLook {
  tone: Tone;
  label: string;
  /** Something is going on: the sign moves. */
  active?: boolean;
}

const RUN_STATES: Record<RunState, StateLook> = {
  [RunState.UNSPECIFIED]: { tone: "neutral", label: "Unknown" },
  [RunState.QUEUED]: { tone: "queued", label: "Queued" },
  [RunState.STARTING]: { tone: "starting", label: "Starting", active: true },
  [RunState.RUNNING]: { tone: "running", label: "Running", active: true },
  [RunState.CANCELING]: { tone: "canceled", label: "Canceling", active: true },
  [RunState.SUCCEEDED]: { tone: "succeeded", label: "Succeeded" },
  [RunState.FAILED]: { tone: "failed", label: "Failed" },
  [RunState.CANCELED]: { tone: "canceled", label: "Canceled" },
};

/** Returns how a run's state looks; a state of a later version is shown as unknown. */
export function runStateLook(state: RunState): StateLook {
  return RUN_STATES[state] ?? RUN_STATES[RunState.UNSPECIFIED];
}

/** The states of runs in the order in which they are lived through. */
export const RUN_STATE_ORDER: readonly RunState[] = [
  RunState.QUEUED,
  RunState.STARTING,
  RunState.RUNNING,
  RunState.CANCELING,
  RunState.SUCCEEDED,
  RunState.FAILED,
  RunState.CANCELED,
];

/** Returns the name by which the address of a page calls a state. */
export function runStateName(state: RunState): string {
  return RunState[state].toLowerCase();
}

/** Returns the state that an address calls so. */
export function runStateOfName(name: string): RunState | undefined {
  const state = RunState[name.toUpperCase() as keyof typeof RunState];
  return state === undefined || state === RunState.UNSPECIFIED ? undefined : state;
}

/** Where a step stands, as the events of its run tell. */
export type StepState = "waiting" | "running" | "retrying" | "succeeded" | "failed" | "skipped" | "canceled";

const STEP_STATES: Record<StepState, StateLook> = {
  waiting: { tone: "queued", label: "Waiting" },
  running: { tone: "running", label: "Running", active: true },
  retrying: { tone: "warning", label: "Retrying", active: true },
  succeeded: { tone: "succeeded", label: "Succeeded" },
  failed: { tone: "failed", label: "Failed" },
  skipped: { tone: "neutral", label: "Skipped" },
  canceled: { tone: "canceled", label: "Canceled" },
};

/** Returns how a step's state looks. */
export function stepStateLook(state: StepState): StateLook {
  return STEP_STATES[state];
}

import type { Event, PlannedStep } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import type { Failure } from "@/api/gen/headrace/api/types/v1/failure_pb.ts";
import { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { StepState } from "./states.ts";
import { millis } from "./time.ts";

/** One attempt at a step. */
export interface Attempt {
  number: number;
  start: number;
  end?: number;
  state: StepState;
}

/** A step of a run. */
export interface StepProgress {
  key: string;
  state: StepState;
  attempts: Attempt[];
  start?: number;
  end?: number;
  dependsOn: readonly string[];
  assetKeys: PlannedStep["assetKeys"];
  pool: string;
  /** Why it failed, or why its last attempt did. */
  failure?: Failure;
  /** Why it was not executed. */
  reason?: string;
  /** What it writes is captured. */
  captured?: boolean;
}

const OVER: readonly StepState[] = ["succeeded", "failed", "skipped", "canceled"];

/** How far a run is, as its events tell: they are taken one by one and each once. */
export class RunProgress {
  state: RunState = RunState.UNSPECIFIED;
  readonly steps = new Map<string, StepProgress>();
  /** When its first event happened. */
  createTime?: number;
  /** When its worker took it up. */
  startTime?: number;
  endTime?: number;
  failure?: Failure;
  reason = "";
  readonly #mapped = new Map<string, StepProgress>();
  #sequence = 0n;

  /** Takes note of an event; tells whether it is a new one. */
  apply(event: Event): boolean {
    // A watch that was resumed may bring events again.
    if (event.sequence <= this.#sequence) return false;
    this.#sequence = event.sequence;
    const time = millis(event.eventTime) ?? 0;
    this.createTime ??= time;
    const { detail } = event;
    if (detail.case === "runStateChanged") {
      this.#runChanged(detail.value.state, time);
      this.failure = detail.value.failure;
      this.reason = detail.value.reason;
    } else if (detail.case === "runPlanned") {
      for (const planned of detail.value.steps) this.#plan(planned);
    } else if (detail.case === "logsCaptured") {
      for (const key of detail.value.stepKeys) this.#step(key).captured = true;
    } else if (event.stepKey) {
      this.#stepChanged(this.#step(event.stepKey), event, time);
    }
    return true;
  }

  /** Whether it has ended. */
  get over(): boolean {
    return this.endTime !== undefined;
  }

  /** Returns how many steps are in each state. */
  counts(): Map<StepState, number> {
    const counts = new Map<StepState, number>();
    for (const { state } of this.steps.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return counts;
  }

  #runChanged(state: RunState, time: number): void {
    this.state = state;
    if (state === RunState.RUNNING) this.startTime ??= time;
    const over = [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED].includes(state);
    this.endTime = over ? time : undefined;
    const restarted = state === RunState.QUEUED || state === RunState.STARTING;
    if (!over && !restarted) return;
    // Nobody executes them any more: the run is over, or its worker was lost and another begins again.
    for (const step of this.steps.values()) {
      if (OVER.includes(step.state)) continue;
      closeAttempt(step, "canceled", time);
      if (over) step.state = step.start === undefined ? "skipped" : "canceled";
      else step.state = "waiting";
      step.end = over && step.start !== undefined ? time : undefined;
    }
  }

  #plan(planned: PlannedStep): void {
    const { dependsOn, assetKeys, pool } = planned;
    Object.assign(this.#step(planned.stepKey), { dependsOn, assetKeys, pool });
  }

  #step(key: string): StepProgress {
    let step = this.steps.get(key);
    if (!step) {
      const planned = this.#replaced(key);
      step = { key, state: "waiting", attempts: [], dependsOn: [], assetKeys: [], pool: "", ...planned };
      this.steps.set(key, step);
    }
    return step;
  }

  /** Of `handle[a]`, `handle[b]` … the plan has `handle` alone, which is never executed: they take its place. */
  #replaced(key: string): Pick<StepProgress, "dependsOn" | "assetKeys" | "pool"> | undefined {
    const base = unmapped(key);
    if (base === key) return undefined;
    const planned = this.steps.get(base) ?? this.#mapped.get(base);
    if (!planned || planned.attempts.length > 0) return undefined;
    this.#mapped.set(base, planned);
    this.steps.delete(base);
    return { dependsOn: planned.dependsOn, assetKeys: planned.assetKeys, pool: planned.pool };
  }

  #stepChanged(step: StepProgress, event: Event, time: number): void {
    const { detail } = event;
    switch (detail.case) {
      case "stepStarted":
        step.state = "running";
        step.start ??= time;
        step.end = undefined;
        step.attempts.push({ number: event.attempt, start: time, state: "running" });
        break;
      case "stepRetryScheduled":
        closeAttempt(step, "failed", time);
        step.state = "retrying";
        step.failure = detail.value.failure;
        break;
      case "stepSucceeded":
        finish(step, "succeeded", time);
        step.failure = undefined;
        break;
      case "stepFailed":
        finish(step, "failed", time);
        step.failure = detail.value.failure;
        break;
      case "stepSkipped":
        finish(step, "skipped", time);
        step.reason = detail.value.reason;
        break;
    }
  }
}

function finish(step: StepProgress, state: StepState, time: number): void {
  closeAttempt(step, state, time);
  step.state = state;
  step.end = time;
}

function closeAttempt(step: StepProgress, state: StepState, time: number): void {
  const last = step.attempts.at(-1);
  if (!last || last.end !== undefined) return;
  last.end = time;
  last.state = state;
}

/** Returns a step's key without its mapping key: `handle` of `handle[a]`. */
export function unmapped(key: string): string {
  const bracket = key.indexOf("[");
  return bracket < 0 ? key : key.slice(0, bracket);
}

/** Returns the keys of the steps below some steps, these included. */
export function withDownstream(steps: ReadonlyMap<string, StepProgress>, keys: Iterable<string>): Set<string> {
  const chosen = new Set(keys);
  const bases = new Set([...chosen].map(unmapped));
  // Steps come in an order that respects their dependencies: one pass is enough.
  for (const step of steps.values()) {
    if (step.dependsOn.some((above) => chosen.has(above) || bases.has(above))) {
      chosen.add(step.key);
      bases.add(unmapped(step.key));
    }
  }
  return chosen;
}

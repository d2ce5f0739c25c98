import type { ScheduleRecord } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { groupBy } from "@/model/grouping.ts";
import { millis } from "@/model/time.ts";

const TICK_GRACE_MS = 15_000;
const QUEUE_GRACE_MS = 60_000;
// A run is slow when it takes so many times as long as usual, and at least so much longer.
const SLOW_FACTOR = 2;
const SLOW_GRACE_MS = 60_000;
const LEAST_HISTORY = 3;

/** Something that should have happened, or ended, by now. */
export type Late =
  | { kind: "tick"; schedule: ScheduleRecord; by: number }
  | { kind: "queued"; run: Run; by: number }
  | { kind: "slow"; run: Run; by: number };

/** Returns what is late, the latest first. */
export function whatIsLate(schedules: readonly ScheduleRecord[], runs: readonly Run[], now: number): Late[] {
  return [...lateTicks(schedules, now), ...waiting(runs, now), ...slow(runs, now)].toSorted((one, other) => other.by - one.by);
}

function lateTicks(schedules: readonly ScheduleRecord[], now: number): Late[] {
  return schedules.flatMap((schedule) => {
    const by = now - (millis(schedule.awaitedTime) ?? now);
    return by > TICK_GRACE_MS ? [{ kind: "tick" as const, schedule, by }] : [];
  });
}

function waiting(runs: readonly Run[], now: number): Late[] {
  return runs.flatMap((run) => {
    const by = run.state === RunState.QUEUED || run.state === RunState.STARTING ? now - (millis(run.createTime) ?? now) : 0;
    return by > QUEUE_GRACE_MS ? [{ kind: "queued" as const, run, by }] : [];
  });
}

function slow(runs: readonly Run[], now: number): Late[] {
  const usual = usualSpans(runs);
  return runs.flatMap((run) => {
    const span = usual.get(jobOf(run));
    if (run.state !== RunState.RUNNING || span === undefined || !run.startTime) return [];
    const by = now - millis(run.startTime) - span;
    return by > Math.max(SLOW_GRACE_MS, span * (SLOW_FACTOR - 1)) ? [{ kind: "slow" as const, run, by }] : [];
  });
}

/** Returns the median of how long the runs of each job take. */
export function usualSpans(runs: readonly Run[]): Map<string, number> {
  const done = runs.filter((run) => run.state === RunState.SUCCEEDED && run.startTime && run.finishTime);
  const usual = new Map<string, number>();
  for (const [job, its] of groupBy(done, jobOf)) {
    if (its.length < LEAST_HISTORY) continue;
    const spans = its.map((run) => millis(run.finishTime)! - millis(run.startTime)!).toSorted((one, other) => one - other);
    usual.set(job, spans[Math.floor(spans.length / 2)]!);
  }
  return usual;
}

/** Returns what tells jobs of all locations apart. */
export function jobOf(run: Run): string {
  return `${run.locationName}\n${run.jobName}`;
}

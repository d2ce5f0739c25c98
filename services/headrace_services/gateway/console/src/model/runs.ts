import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { keyText } from "./assetKeys.ts";

/** The job that stands for all assets of a location. */
export const IMPLICIT_ASSET_JOB = "__ASSET_JOB";

type Named = Pick<Run, "jobName" | "assetSelection">;

/** Returns the part of a run's id by which people tell runs apart: the end, which is chance; the beginning is time. */
export function shortId(runId: string): string {
  return runId.slice(-8);
}

/** Tells whether a job stands for all assets of its location. */
export function isImplicit(jobName: string): boolean {
  return jobName === IMPLICIT_ASSET_JOB;
}

/** Returns what people call a job; each location has one that stands for all of its assets. */
export function jobTitle(jobName: string, locationName: string): string {
  return isImplicit(jobName) ? `All assets of ${locationName}` : jobName;
}

/** Returns what a run is of: its job, or its assets. */
export function runTitle(run: Named): string {
  if (!isImplicit(run.jobName)) return run.jobName;
  const [first, ...others] = run.assetSelection;
  if (!first) return "All assets";
  return others.length === 0 ? keyText(first) : `${keyText(first)} and ${others.length} more`;
}

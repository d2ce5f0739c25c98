import type { MessageInitShape } from "@bufbuild/protobuf";

import type { ListRunsRequestSchema } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import type { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { runStateName, runStateOfName } from "@/model/states.ts";
import { timestamp } from "@/model/time.ts";

/** Which runs to show; the page's address says it, so that it can be linked to. */
export interface RunFilter {
  states: RunState[];
  job: string;
  location: string;
  tags: string[];
  /** `15m`, `1h`, `6h`, `24h`, `7d`, `30d`, or empty: since when, counted from now. */
  since: string;
  /** Milliseconds; together an exact window. */
  from?: number;
  before?: number;
}

const HOUR = 3_600_000;

/** The spans to choose from. */
export const SPANS: Record<string, { label: string; millis: number }> = {
  "15m": { label: "Last 15 minutes", millis: HOUR / 4 },
  "1h": { label: "Last hour", millis: HOUR },
  "6h": { label: "Last 6 hours", millis: 6 * HOUR },
  "24h": { label: "Last 24 hours", millis: 24 * HOUR },
  "7d": { label: "Last 7 days", millis: 7 * 24 * HOUR },
  "30d": { label: "Last 30 days", millis: 30 * 24 * HOUR },
};

/** Reads a filter from an address. What makes no sense there is left out. */
export function filterOf(search: URLSearchParams): RunFilter {
  const states = search.getAll("state").flatMap((name) => runStateOfName(name) ?? []);
  const since = search.get("since") ?? "";
  return {
    states,
    job: search.get("job") ?? "",
    location: search.get("location") ?? "",
    tags: search.getAll("tag").filter(Boolean),
    since: since in SPANS ? since : "",
    from: moment(search.get("from")),
    before: moment(search.get("before")),
  };
}

/** Writes a filter into an address. */
export function searchOf(filter: RunFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const state of filter.states) search.append("state", runStateName(state));
  if (filter.job) search.set("job", filter.job);
  if (filter.location) search.set("location", filter.location);
  for (const tag of filter.tags) search.append("tag", tag);
  if (filter.since) search.set("since", filter.since);
  if (filter.from !== undefined) search.set("from", new Date(filter.from).toISOString());
  if (filter.before !== undefined) search.set("before", new Date(filter.before).toISOString());
  return search;
}

/** Returns what to ask the gateway for. */
export function requestOf(filter: RunFilter, now: number): MessageInitShape<typeof ListRunsRequestSchema> {
  const span = SPANS[filter.since];
  const from = filter.from ?? (span && now - span.millis);
  return {
    states: filter.states,
    jobName: filter.job,
    locationName: filter.location,
    tags: filter.tags,
    createTimeFrom: from === undefined ? undefined : timestamp(from),
    createTimeBefore: filter.before === undefined ? undefined : timestamp(filter.before),
  };
}

/** Tells whether anything is filtered. */
export function isFiltered(filter: RunFilter): boolean {
  return searchOf(filter).size > 0;
}

function moment(text: string | null): number | undefined {
  const time = text ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

import { useQuery } from "@tanstack/react-query";
import { Activity, Braces, CalendarClock, ChartGantt, Layers, MapPin, Radar, Server, Waypoints, Workflow, type LucideIcon } from "lucide-react";

import { assets, locations, runs, schedules, sensors } from "@/api/clients.ts";
import { isNotFound } from "@/api/errors.ts";
import { useJobs } from "@/api/jobs.ts";
import { readAll } from "@/api/pages.ts";
import { keyText } from "@/model/assetKeys.ts";
import { isImplicit, runTitle } from "@/model/runs.ts";
import { runStateLook } from "@/model/states.ts";
import { links } from "../links.ts";

/** Somewhere to go. */
export interface Place {
  icon: LucideIcon;
  kind: string;
  name: string;
  /** Where it is: a location, a group. */
  note: string;
  to: string;
}

const PAGES: Place[] = [
  { icon: ChartGantt, kind: "Page", name: "Overview", note: "", to: links.overview() },
  { icon: Activity, kind: "Page", name: "Runs", note: "", to: links.runs() },
  { icon: Workflow, kind: "Page", name: "Jobs", note: "", to: links.jobs() },
  { icon: Waypoints, kind: "Page", name: "Assets", note: "", to: links.assets() },
  { icon: CalendarClock, kind: "Page", name: "Automation", note: "", to: links.automation() },
  { icon: Layers, kind: "Page", name: "Backfills", note: "", to: links.backfills() },
  { icon: Server, kind: "Page", name: "Deployment", note: "", to: links.deployment() },
];
const FRESH_MS = 30_000;
const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Everything that has a name and a page, read when somebody begins to search. */
export function usePlaces(enabled: boolean): Place[] {
  const jobs = useJobs(enabled).flatMap((job): Place[] => {
    const name = job.definition!.name;
    return isImplicit(name) ? [] : [{ icon: Workflow, kind: "Job", name, note: job.locationName, to: links.job(job.locationName, name) }];
  });
  const others = useQuery({ queryKey: ["search", "places"], enabled, staleTime: FRESH_MS, queryFn: ({ signal }) => readOthers(signal) });
  return [...PAGES, ...jobs, ...(others.data ?? [])];
}

/** The run with an id, if that is what was typed. */
export function useRunPlace(query: string): Place | undefined {
  const runId = query.trim().toLowerCase();
  const found = useQuery({
    queryKey: ["search", "run", runId],
    enabled: RUN_ID.test(runId),
    queryFn: async ({ signal }) => {
      try {
        return (await runs.getRun({ runId }, { signal })).run ?? null;
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    },
  });
  const run = found.data;
  return run ? { icon: Activity, kind: "Run", name: runTitle(run), note: runStateLook(run.state).label, to: links.run(run.runId) } : undefined;
}

async function readOthers(signal: AbortSignal): Promise<Place[]> {
  // What cannot be read is left out: a search that finds some is better than none.
  const lists = await Promise.allSettled([assetPlaces(signal), schedulePlaces(signal), sensorPlaces(signal), locationPlaces(signal)]);
  return lists.flatMap((list) => (list.status === "fulfilled" ? list.value : []));
}

async function assetPlaces(signal: AbortSignal): Promise<Place[]> {
  const all = await readAll(async (pageToken) => {
    const answer = await assets.listAssets({ pageSize: 1000, pageToken }, { signal });
    return { items: answer.assets, nextPageToken: answer.nextPageToken };
  });
  return all.map((asset) => {
    const key = asset.assetKey ?? { path: [] };
    return { icon: Waypoints, kind: "Asset", name: keyText(key), note: asset.definition?.groupName ?? asset.locationName, to: links.asset(key) };
  });
}

async function schedulePlaces(signal: AbortSignal): Promise<Place[]> {
  const all = await readAll(async (pageToken) => {
    const answer = await schedules.listSchedules({ pageSize: 1000, pageToken }, { signal });
    return { items: answer.schedules, nextPageToken: answer.nextPageToken };
  });
  return all.map(({ locationName, definition }) => {
    const name = definition!.name;
    return { icon: CalendarClock, kind: "Schedule", name, note: locationName, to: links.schedule(locationName, name) };
  });
}

async function sensorPlaces(signal: AbortSignal): Promise<Place[]> {
  const all = await readAll(async (pageToken) => {
    const answer = await sensors.listSensors({ pageSize: 1000, pageToken }, { signal });
    return { items: answer.sensors, nextPageToken: answer.nextPageToken };
  });
  return all.map(({ locationName, definition }) => {
    const name = definition!.name;
    return { icon: Radar, kind: "Sensor", name, note: locationName, to: links.sensor(locationName, name) };
  });
}

async function locationPlaces(signal: AbortSignal): Promise<Place[]> {
  const { locations: all } = await locations.listLocations({ pageSize: 1000 }, { signal });
  return all.map(({ name, runtime }) => ({ icon: MapPin, kind: "Location", name, note: runtime, to: links.deployment({ location: name }) }));
}

/** Groups of assets, as far as they are named by what was found. */
export function groupPlaces(places: readonly Place[]): Place[] {
  const groups = new Set(places.filter((place) => place.kind === "Asset" && place.note).map((place) => place.note));
  return [...groups].map((group) => ({ icon: Braces, kind: "Group", name: group, note: "assets", to: links.assets({ q: `group:${group}` }) }));
}

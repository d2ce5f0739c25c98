import { useQuery } from "@tanstack/react-query";

import { schedules, sensors } from "@/api/clients.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { ScheduleRecord } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import type { SensorRecord } from "@/api/gen/headrace/api/gateway/v1/sensor_service_pb.ts";
import { InstigatorState } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { requestId } from "@/api/ids.ts";
import { useLocationChanges, useRefreshOn } from "@/api/live.ts";
import { readAll } from "@/api/pages.ts";

/** A schedule or a sensor: what both have. */
export type InstigatorRecord = { kind: "schedule"; record: ScheduleRecord } | { kind: "sensor"; record: SensorRecord };

const KEY = ["instigators"];
// Somewhere something ticks all the time; each look reads all of them.
const PAUSE_MS = 1_000;

/** Reads all schedules and sensors, and keeps them as they are. */
export function useInstigators() {
  useRefreshOn([ChangeKind.INSTIGATOR, ChangeKind.TICK], [KEY], PAUSE_MS);
  const query = useQuery({ queryKey: KEY, queryFn: ({ signal }) => readInstigators(signal) });
  useLocationChanges((message) => message.locations.length + message.removedNames.length > 0 && void query.refetch());
  return query;
}

async function readInstigators(signal: AbortSignal): Promise<InstigatorRecord[]> {
  const [some, others] = await Promise.all([
    readAll(async (pageToken) => {
      const page = await schedules.listSchedules({ pageSize: 1000, pageToken }, { signal });
      return { items: page.schedules, nextPageToken: page.nextPageToken };
    }),
    readAll(async (pageToken) => {
      const page = await sensors.listSensors({ pageSize: 1000, pageToken }, { signal });
      return { items: page.sensors, nextPageToken: page.nextPageToken };
    }),
  ]);
  return [...some.map((record) => ({ kind: "schedule" as const, record })), ...others.map((record) => ({ kind: "sensor" as const, record }))];
}

/** Tells whether its latest evaluation failed, and how often in a row. */
export function failuresOf({ record }: InstigatorRecord): number {
  return record.instigator?.failureCount ?? 0;
}

/** Tells whether it is evaluated. */
export function isOn({ record }: InstigatorRecord): boolean {
  return record.state === InstigatorState.RUNNING;
}

/** Switches a schedule or sensor on or off. */
export async function switchInstigator({ kind, record }: InstigatorRecord, on: boolean): Promise<void> {
  const { locationName } = record;
  const name = record.definition!.name;
  if (kind === "schedule") await schedules[on ? "resumeSchedule" : "pauseSchedule"]({ requestId: requestId(), locationName, scheduleName: name });
  else await sensors[on ? "resumeSensor" : "pauseSensor"]({ requestId: requestId(), locationName, sensorName: name });
}

/** Returns the jobs that it runs. */
export function jobNamesOf(instigator: InstigatorRecord): readonly string[] {
  if (instigator.kind === "sensor") return instigator.record.definition!.jobNames;
  const { jobName } = instigator.record.definition!;
  return jobName ? [jobName] : [];
}

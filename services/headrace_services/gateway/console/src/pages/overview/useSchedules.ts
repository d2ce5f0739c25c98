import { useQueries, useQuery } from "@tanstack/react-query";

import { schedules as client } from "@/api/clients.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { ScheduleRecord } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import { InstigatorState } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { useRefreshOn } from "@/api/live.ts";
import { readAll } from "@/api/pages.ts";
import { millis } from "@/model/time.ts";
import type { DueSchedule } from "./late.ts";

const KEY = ["overview", "schedules"];
const KINDS = [ChangeKind.TICK, ChangeKind.INSTIGATOR];
const PAUSE_MS = 2_000;
// Each costs a call of its own, once for each of its ticks.
const MOST_LOOKED_AT = 60;

/** The schedules that are on, as they are at every moment. */
export function useActiveSchedules(): ScheduleRecord[] {
  const query = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const all = await readAll(async (pageToken) => {
        const answer = await client.listSchedules({ pageSize: 1000, pageToken }, { signal });
        return { items: answer.schedules, nextPageToken: answer.nextPageToken };
      });
      return all.filter((schedule) => schedule.state === InstigatorState.RUNNING);
    },
  });
  useRefreshOn(KINDS, [KEY], PAUSE_MS);
  return query.data ?? NONE;
}

/** For each schedule the moment of its first tick that is not there yet: in the past if it is late. */
export function useDue(schedules: readonly ScheduleRecord[]): DueSchedule[] {
  return useQueries({
    queries: schedules.slice(0, MOST_LOOKED_AT).map((schedule) => {
      const { locationName, definition, instigator } = schedule;
      const after = latest(millis(instigator?.lastTickTime), millis(instigator?.activeSinceTime));
      return {
        queryKey: ["overview", "due", locationName, definition?.name, after],
        staleTime: Infinity,
        enabled: after !== undefined,
        queryFn: async ({ signal }: { signal: AbortSignal }) => {
          const afterTime = instigator!.lastTickTime && millis(instigator!.lastTickTime) === after ? instigator!.lastTickTime : instigator!.activeSinceTime;
          const request = { locationName, scheduleName: definition!.name, afterTime, pageSize: 1 };
          const { dueTimes } = await client.previewScheduleTicks(request, { signal });
          return millis(dueTimes[0]) ?? null;
        },
      };
    }),
    combine: (results) => results.flatMap(({ data }, index) => (data ? [{ schedule: schedules[index]!, due: data }] : [])),
  });
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : Math.max(one, other ?? one);
}

const NONE: ScheduleRecord[] = [];

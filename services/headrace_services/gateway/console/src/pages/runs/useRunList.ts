import { useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";

import { runs } from "@/api/clients.ts";
import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { useRunStates, useThrottled } from "@/api/live.ts";
import { usePaged, type ListPage, type Paged } from "@/api/pages.ts";
import { merged, patchedAll } from "@/model/runPatch.ts";
import { requestOf, searchOf, type RunFilter } from "./filter.ts";

type Pages = InfiniteData<ListPage<Run>, string>;

const PAGE = 50;
const HEAD_PAUSE_MS = 1_000;

/** The runs that a filter lets through, as they are at every moment. */
export function useRunList(filter: RunFilter): Paged<Run> {
  const client = useQueryClient();
  const text = searchOf(filter).toString();
  const key = useMemo(() => ["runs", text], [text]);
  const read = async (pageToken: string, signal?: AbortSignal): Promise<ListPage<Run>> => {
    const answer = await runs.listRuns({ ...requestOf(filter, Date.now()), pageSize: PAGE, pageToken }, { signal });
    return { items: answer.runs, nextPageToken: answer.nextPageToken };
  };
  const paged = usePaged(key, read);
  const change = (act: (pages: ListPage<Run>[]) => ListPage<Run>[]) =>
    client.setQueryData<Pages>(key, (data) => data && { ...data, pages: act(data.pages) });
  const readHead = useThrottled(
    () =>
      read("").then(
        ({ items }) =>
          change(([first, ...others]) => {
            if (!first) return others;
            const older = new Set(others.flatMap((page) => page.items.map((run) => run.runId)));
            return [{ ...first, items: merged(first.items, items.filter((run) => !older.has(run.runId))) }, ...others];
          }),
        // What could not be read is read with the next news.
        () => undefined,
      ),
    HEAD_PAUSE_MS,
  );
  useRunStates((events) => {
    change((pages) => pages.map((page) => ({ ...page, items: patchedAll(page.items, events) })));
    if (events.length === 0 || events.some((event) => mayBeNew(event, filter, paged.items))) readHead();
  });
  // What has left the states that are asked for stays until the list is read anew: nothing jumps away under the pointer.
  return paged;
}

function mayBeNew(event: Event, filter: RunFilter, known: readonly Run[]): boolean {
  if (event.detail.case !== "runStateChanged") return false;
  const { jobName, locationName, state } = event.detail.value;
  return (
    (!filter.job || filter.job === jobName) &&
    (!filter.location || filter.location === locationName) &&
    (filter.states.length === 0 || filter.states.includes(state)) &&
    filter.before === undefined &&
    !known.some((run) => run.runId === event.runId)
  );
}

import { useQuery, useQueryClient } from "@tanstack/react-query";

import { runs } from "@/api/clients.ts";
import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { useRunStates, useThrottled } from "@/api/live.ts";
import { readAll } from "@/api/pages.ts";
import { merged, patchedAll } from "@/model/runPatch.ts";
import { millis, timestamp } from "@/model/time.ts";

const ACTIVE = [RunState.QUEUED, RunState.STARTING, RunState.RUNNING, RunState.CANCELING];
const PAGE = 500;
// More than a picture shows; who wants all of them finds them among the runs.
const MOST = 3_000;
const NEWS_PAUSE_MS = 700;

/** The runs of the last `span` milliseconds, and all that are not over, as they are at every moment. */
export function useWindowRuns(span: number) {
  const client = useQueryClient();
  const key = ["overview", "runs", span];
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const [recent, active] = await Promise.all([since(Date.now() - span, signal), list({ states: ACTIVE }, signal)]);
      return merged(recent, active);
    },
  });
  const change = (act: (known: Run[]) => Run[]) => client.setQueryData<Run[]>(key, (known) => known && act(known));
  const readNews = useThrottled(() => {
    const newest = query.data?.[0];
    const from = newest ? millis(newest.createTime)! - 1_000 : Date.now() - span;
    // What could not be read is read with the next news: they are asked for from the newest that is known.
    return since(from).then((read) => change((known) => merged(known, read)), () => undefined);
  }, NEWS_PAUSE_MS);
  useRunStates((events) => {
    change((known) => patchedAll(known, events));
    const known = new Set(query.data?.map((run) => run.runId));
    if (events.length === 0 || events.some((event) => !known.has(event.runId))) readNews();
  });
  return query;
}

function since(moment: number, signal?: AbortSignal): Promise<Run[]> {
  return list({ createTimeFrom: timestamp(moment) }, signal);
}

function list(request: { states?: RunState[]; createTimeFrom?: ReturnType<typeof timestamp> }, signal?: AbortSignal): Promise<Run[]> {
  return readAll(async (pageToken) => {
    const answer = await runs.listRuns({ ...request, pageSize: PAGE, pageToken }, { signal });
    return { items: answer.runs, nextPageToken: answer.nextPageToken };
  }, MOST);
}

import { useQuery } from "@tanstack/react-query";

import { jobs } from "./clients.ts";
import type { JobRecord } from "./gen/headrace/api/gateway/v1/job_service_pb.ts";
import { readAll } from "./pages.ts";

/** The jobs of all locations, without their graphs. */
export function useJobs(enabled = true): JobRecord[] {
  const query = useQuery({
    queryKey: ["jobs", "all"],
    enabled,
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      readAll(async (pageToken) => {
        const answer = await jobs.listJobs({ pageSize: 1000, pageToken }, { signal });
        return { items: answer.jobs, nextPageToken: answer.nextPageToken };
      }),
  });
  return query.data ?? NONE;
}

const NONE: JobRecord[] = [];

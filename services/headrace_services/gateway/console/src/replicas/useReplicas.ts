import { useQuery } from "@tanstack/react-query";

import { deployment } from "@/api/clients.ts";
import { ReplicaState, type Replica } from "@/api/gen/headrace/api/types/v1/replica_pb.ts";
import { readAll } from "@/api/pages.ts";

// The one thing that is asked for again and again: what matters of a process is that it has fallen silent, which is no
// event that a stream could bring. They report every ten seconds, so nothing newer is to be had.
const REPORT_MS = 10_000;

/** Reads the processes of the deployment, and how they are. */
export function useReplicas() {
  return useQuery({
    queryKey: ["replicas"],
    queryFn: ({ signal }) =>
      readAll(async (pageToken) => {
        const page = await deployment.listReplicas({ pageSize: 1000, pageToken }, { signal });
        return { items: page.replicas, nextPageToken: page.nextPageToken };
      }),
    refetchInterval: REPORT_MS,
  });
}

/** Tells whether a process cannot do its work, or is not heard of any more. */
export function isSick({ state }: Replica): boolean {
  return state === ReplicaState.UNHEALTHY || state === ReplicaState.LOST;
}

import { useQuery } from "@tanstack/react-query";

import { deployment } from "@/api/clients.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import { ReplicaState, type Replica } from "@/api/gen/headrace/api/types/v1/replica_pb.ts";
import { useRefreshOn } from "@/api/live.ts";
import { readAll } from "@/api/pages.ts";

const KEY = ["replicas"];

/** Reads the processes of the deployment, and how they are, anew whenever one of them reports: then it shows which has not. */
export function useReplicas() {
  useRefreshOn([ChangeKind.REPLICA], [KEY]);
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      readAll(async (pageToken) => {
        const page = await deployment.listReplicas({ pageSize: 1000, pageToken }, { signal });
        return { items: page.replicas, nextPageToken: page.nextPageToken };
      }),
  });
}

/** Tells whether a process cannot do its work, or is not heard of any more. */
export function isSick({ state }: Replica): boolean {
  return state === ReplicaState.UNHEALTHY || state === ReplicaState.LOST;
}

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { pause } from "@/api/backoff.ts";
import { assets as client } from "@/api/clients.ts";
import type { AssetRecord } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";
import { forEachOf } from "@/ui/act.ts";
import { questions } from "./stalePartitions.ts";

// Each question makes the gateway compare partitions: of a deployment with more such assets, their own pages tell it.
const MOST_ASKED = 200;
// While partitions are being made one after the other, what was asked for the one before is not worth an answer.
const SETTLE_MS = 500;
const NONE: ReadonlyMap<string, number> = new Map();

/** Finds out how many partitions of each asset are stale; those without any are left out. What was told stays until something is made. */
export function useStalePartitions(records: readonly AssetRecord[] | undefined): ReadonlyMap<string, number> {
  const queries = useQueryClient();
  const asked = useMemo(() => questions(records ?? []).slice(0, MOST_ASKED), [records]);
  const { data } = useQuery({
    queryKey: ["stale partitions", asked.map(({ id, stamp }) => `${id} ${stamp}`)],
    enabled: asked.length > 0,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      await pause(SETTLE_MS, signal);
      const found = new Map<string, number>();
      const [problem] = await forEachOf(asked, async ({ id, path, stamp }) => {
        const read = async () => Number((await client.getAssetPartitions({ assetKey: { path }, tellStale: true }, { signal })).stale?.partitionCount ?? 0n);
        const stale = await queries.fetchQuery({ queryKey: ["stale partitions of", id, stamp], staleTime: Infinity, queryFn: read });
        if (stale > 0) found.set(id, stale);
      });
      if (problem !== undefined && found.size === 0) throw problem;
      return found;
    },
  });
  return (asked.length > 0 && data) || NONE;
}

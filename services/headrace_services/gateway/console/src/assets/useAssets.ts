import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { assets as client } from "@/api/clients.ts";
import type { AssetRecord } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";
import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { useAssetEvents, useLocationChanges, useThrottled } from "@/api/live.ts";
import { readAll } from "@/api/pages.ts";
import { assetInfos, childrenOf, type AssetInfo } from "./info.ts";
import { useStalePartitions } from "./useStalePartitions.ts";

/** All assets, and how they depend on each other. */
export interface Assets {
  assets: ReadonlyMap<string, AssetInfo>;
  children: ReadonlyMap<string, readonly string[]>;
  loading: boolean;
  error: unknown;
  retry(): void;
}

const RECORDS = ["assets"];
const ATTEMPTS = ["asset attempts"];

/** Reads all assets, and keeps them as they are: by what is told of them, not by reading them again and again. */
export function useAssets(): Assets {
  const records = useQuery({ queryKey: RECORDS, queryFn: ({ signal }) => readRecords(signal), staleTime: 60_000 });
  const attempts = useQuery({ queryKey: ATTEMPTS, queryFn: ({ signal }) => readAttempts(signal) });
  const stalePartitions = useStalePartitions(records.data);
  useFreshAssets();
  return useMemo(() => {
    const assets = assetInfos(records.data ?? [], attempts.data ?? [], stalePartitions);
    return {
      assets,
      children: childrenOf(assets),
      loading: records.isPending,
      error: records.error,
      retry: () => void records.refetch(),
    };
    // The functions of a query are the same each time.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [records.data, attempts.data, stalePartitions, records.isPending, records.error]);
}

function readRecords(signal: AbortSignal): Promise<AssetRecord[]> {
  return readAll(async (pageToken) => {
    const page = await client.listAssets({ pageSize: 1000, pageToken }, { signal });
    return { items: page.assets, nextPageToken: page.nextPageToken };
  });
}

function readAttempts(signal: AbortSignal) {
  return readAll(async (pageToken) => {
    const page = await client.listAssetAttempts({ pageSize: 5000, pageToken }, { signal });
    return { items: page.attempts, nextPageToken: page.nextPageToken };
  });
}

function useFreshAssets(): void {
  const queries = useQueryClient();
  const attemptsChanged = useThrottled(() => queries.invalidateQueries({ queryKey: ATTEMPTS }), 400);
  const recordsChanged = useThrottled(() => rereadTouched(queries), 250);
  const definitionsChanged = useThrottled(() => queries.invalidateQueries({ queryKey: RECORDS }), 500);
  useAssetEvents((events) => {
    attemptsChanged();
    for (const event of events) noteTouched(event);
    if (touched.size > 0) recordsChanged();
  });
  useLocationChanges((message) => message.locations.length + message.removedNames.length > 0 && definitionsChanged());
}

const touched = new Map<string, string[]>();
// Of more, all are read at once.
const FEW = 20;

function noteTouched({ detail }: Event): void {
  switch (detail.case) {
    case "assetMaterialized":
    case "assetObserved":
    case "assetCheckEvaluated":
    case "assetWiped": {
      const path = detail.value.assetKey?.path ?? [];
      touched.set(path.join("/"), path);
    }
  }
}

/** Reads the records anew of which something was told. */
async function rereadTouched(queries: QueryClient): Promise<void> {
  const paths = [...touched.values()];
  touched.clear();
  if (paths.length > FEW) return queries.invalidateQueries({ queryKey: RECORDS });
  const fresh = await Promise.all(paths.map((path) => client.getAsset({ assetKey: { path } }))).catch(() => undefined);
  // One that is not there any more is found out by reading all of them.
  if (!fresh) return queries.invalidateQueries({ queryKey: RECORDS });
  const byId = new Map(fresh.map(({ asset }) => [asset!.assetKey!.path.join("/"), asset!]));
  queries.setQueryData<AssetRecord[]>(RECORDS, (old) => old?.map((record) => byId.get(record.assetKey!.path.join("/")) ?? record));
}

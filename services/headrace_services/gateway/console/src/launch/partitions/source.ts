import { assets, partitions } from "@/api/clients.ts";
import { readAll } from "@/api/pages.ts";
import { keysIn, messageRanges, rangesOf, type KeyRange } from "./keys.ts";

/** Whose partitions are meant: a job's or an asset's. */
export type PartitionSource = { locationName: string; jobName: string } | { assetKey: { path: string[] } };

/** Which partitions are wanted. */
export type PartitionChoice =
  | { kind: "keys"; keys: string[] }
  | { kind: "range"; firstKey: string; lastKey: string }
  | { kind: "latest" | "all" | "missing" | "failed" | "stale" };

/** What is asked for in the end: one partition, or many. */
export type ResolvedPartitions = { single: string } | { ranges: KeyRange[]; partitionKeys: string[] };

const MOST_KEYS = 50_000;

/** Reads a page of keys. */
export function readKeys(source: PartitionSource, request: { contains?: string; descending?: boolean; pageSize: number; pageToken?: string }, signal?: AbortSignal) {
  return partitions.listPartitionKeys({ ...source, ...request }, { signal });
}

/** Returns how many partitions there are. */
export async function partitionCount(source: PartitionSource): Promise<number> {
  return Number((await readKeys(source, { pageSize: 1 })).partitionCount);
}

/** Finds out what a choice comes to now. */
export async function resolveChoice(source: PartitionSource, choice: PartitionChoice): Promise<ResolvedPartitions> {
  switch (choice.kind) {
    case "keys":
      return choice.keys.length === 1 ? { single: choice.keys[0]! } : { ranges: [], partitionKeys: choice.keys };
    case "range":
      return choice.firstKey === choice.lastKey ? { single: choice.firstKey } : { ranges: [choice], partitionKeys: [] };
    case "latest":
      return { single: await endOf(source, true) };
    case "all":
      return { ranges: [{ firstKey: await endOf(source, false), lastKey: await endOf(source, true) }], partitionKeys: [] };
    default:
      return fromRanges(await unmade(source, choice.kind));
  }
}

async function endOf(source: PartitionSource, descending: boolean): Promise<string> {
  const [key] = (await readKeys(source, { descending, pageSize: 1 })).partitionKeys;
  if (key === undefined) throw new Error("There are no partitions yet.");
  return key;
}

function fromRanges(ranges: KeyRange[]): ResolvedPartitions {
  const [first] = ranges;
  if (!first) throw new Error("There is no such partition: nothing has to be made.");
  if (ranges.length === 1 && first.firstKey === first.lastKey) return { single: first.firstKey };
  return { ranges, partitionKeys: [] };
}

async function unmade(source: PartitionSource, kind: "missing" | "failed" | "stale"): Promise<KeyRange[]> {
  if (!("assetKey" in source)) return [];
  const known = await assets.getAssetPartitions({ ...source, tellStale: kind === "stale" });
  if (kind !== "missing") return messageRanges(known[kind]);
  const keys = await readAll(async (pageToken) => {
    const page = await readKeys(source, { pageSize: 10_000, pageToken });
    return { items: page.partitionKeys, nextPageToken: page.nextPageToken };
  }, MOST_KEYS);
  const there = keysIn(keys, [...messageRanges(known.materialized), ...messageRanges(known.inProgress)]);
  return rangesOf(keys, (key) => !there.has(key));
}

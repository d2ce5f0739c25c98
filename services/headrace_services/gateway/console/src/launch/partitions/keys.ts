import type { PartitionRanges } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";

/** Neighbouring keys, both ends included. */
export interface KeyRange {
  firstKey: string;
  lastKey: string;
}

/** Gathers the keys that `wanted` accepts into ranges of neighbours. */
export function rangesOf(keys: readonly string[], wanted: (key: string) => boolean): KeyRange[] {
  const ranges: KeyRange[] = [];
  let open: KeyRange | undefined;
  for (const key of keys) {
    if (!wanted(key)) open = undefined;
    else if (open) open.lastKey = key;
    else ranges.push((open = { firstKey: key, lastKey: key }));
  }
  return ranges;
}

/** Returns the keys that lie in some ranges, in the order of the set. */
export function keysIn(keys: readonly string[], ranges: readonly KeyRange[]): Set<string> {
  const place = new Map(keys.map((key, index) => [key, index]));
  const found = new Set<string>();
  for (const { firstKey, lastKey } of ranges) {
    const first = place.get(firstKey);
    const last = place.get(lastKey);
    if (first === undefined || last === undefined) continue;
    for (let index = first; index <= last; index += 1) found.add(keys[index]!);
  }
  return found;
}

/** Returns the ranges of a message, none where it is not there. */
export function messageRanges(ranges: PartitionRanges | undefined): KeyRange[] {
  return ranges?.ranges ?? [];
}

import type { AssetInfo } from "@/assets/info.ts";
import { groupBy } from "@/model/grouping.ts";
import type { RunDraft } from "./draft.ts";
import { readTags } from "./tags.ts";

/** A dependency between assets of two locations: of two runs, which do not wait for each other. */
export interface Crossing {
  from: AssetInfo;
  to: AssetInfo;
}

/** Returns assets by location: a run takes place in one. */
export function byLocation(assets: readonly AssetInfo[]): AssetInfo[][] {
  return [...groupBy(assets, (asset) => asset.location).values()];
}

/** Returns what is made from an asset of another location that is to be made, too. */
export function crossings(assets: readonly AssetInfo[]): Crossing[] {
  const chosen = new Map(assets.map((asset) => [asset.id, asset]));
  return assets.flatMap((to) => to.upstream.flatMap((id) => chosen.get(id) ?? []).flatMap((from) => (from.location === to.location ? [] : [{ from, to }])));
}

/** The asset whose partitions are asked for: one that has some and is made from none of the others. */
export function rootOf(assets: readonly AssetInfo[]): AssetInfo | undefined {
  const ids = new Set(assets.map((asset) => asset.id));
  const partitioned = assets.filter((asset) => asset.partitioned);
  return partitioned.find((asset) => !asset.upstream.some((id) => ids.has(id))) ?? partitioned[0];
}

/** Describes the run that makes assets of one location. */
export function draftOf(assets: readonly AssetInfo[], tags: string): RunDraft {
  return { locationName: assets[0]!.location, jobName: "", assetSelection: assets.map(({ key }) => ({ path: key.path })), opSelection: [], tags: readTags(tags) };
}

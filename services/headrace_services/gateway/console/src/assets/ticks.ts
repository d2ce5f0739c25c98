import { groupBy } from "@/model/grouping.ts";
import { groupNodeId } from "./graphModel.ts";
import type { AssetInfo } from "./info.ts";

/** Returns the nodes to draw as ticked: the assets that are, and the groups of which nothing is missing. */
export function withWholeGroups(assets: readonly AssetInfo[], ticked: ReadonlySet<string>): ReadonlySet<string> {
  const whole = [...groupBy(assets, groupNodeId)].filter(([, members]) => members.every(({ id }) => ticked.has(id)));
  return new Set([...ticked, ...whole.map(([id]) => id)]);
}

/** Ticks what a node stands for, or takes the ticks away if all of it has them. */
export function tickToggled(assets: readonly AssetInfo[], ticked: ReadonlySet<string>, nodeId: string): ReadonlySet<string> {
  const members = assets.filter((asset) => asset.id === nodeId || groupNodeId(asset) === nodeId).map(({ id }) => id);
  const next = new Set(ticked);
  const all = members.every((id) => next.has(id));
  for (const id of members) {
    if (all) next.delete(id);
    else next.add(id);
  }
  return next;
}

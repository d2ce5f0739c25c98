import type { Card, Graph, GraphEdge, GraphNode, Warning } from "@/graph/model.ts";
import { groupBy } from "@/model/grouping.ts";
import { count } from "@/model/numbers.ts";
import type { StateLook } from "@/model/states.ts";
import { firstLine } from "@/model/text.ts";
import { assetLook, type AssetInfo } from "./info.ts";

/** How the assets of a graph are shown. */
export interface AssetGraphOptions {
  /** Groups of which the assets are shown; of the others one card stands for all. Unset: no groups are drawn. */
  openGroups?: ReadonlySet<string>;
  /** Says when something happened. */
  when(moment: number): string;
}

/** Returns the node that stands for a group; a group belongs to a location. */
export function groupNodeId(asset: Pick<AssetInfo, "location" | "group">): string {
  return `group:${asset.location}:${asset.group}`;
}

/** Makes the graph of assets; those of a group can be drawn as one. */
export function assetGraph(assets: readonly AssetInfo[], { openGroups, when }: AssetGraphOptions): Graph {
  const shown = new Map(assets.map((asset) => [asset.id, asset]));
  const groups = groupBy(assets, groupNodeId);
  const nodes: GraphNode[] = [];
  for (const [id, members] of groups) {
    const open = !openGroups || openGroups.has(id);
    if (openGroups) nodes.push({ id, card: groupCard(members, open) });
    if (!open) continue;
    for (const asset of members) nodes.push({ id: asset.id, parent: openGroups ? id : undefined, card: assetCard(asset, when) });
  }
  const nodeOf = (asset: AssetInfo) => (!openGroups || openGroups.has(groupNodeId(asset)) ? asset.id : groupNodeId(asset));
  return { nodes, edges: edgesBetween(shown, nodeOf) };
}

function edgesBetween(shown: ReadonlyMap<string, AssetInfo>, nodeOf: (asset: AssetInfo) => string): GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const asset of shown.values()) {
    for (const id of asset.upstream) {
      const above = shown.get(id);
      if (!above) continue;
      const [from, to] = [nodeOf(above), nodeOf(asset)];
      if (from !== to) edges.set(`${from}→${to}`, { id: `${from}→${to}`, from, to });
    }
  }
  return [...edges.values()];
}

function assetCard(asset: AssetInfo, when: (moment: number) => string): Card {
  return {
    kind: "asset",
    title: asset.key.path.at(-1) ?? asset.id,
    text: firstLine(asset.definition?.description ?? "") || asset.key.path.slice(0, -1).join(" / "),
    look: assetLook(asset),
    note: asset.madeTime === undefined ? undefined : when(asset.madeTime),
    chips: [...asset.kinds, ...(asset.partitioned ? ["partitioned"] : [])],
    warnings: warningsOf(asset),
    foreign: !asset.executable,
  };
}

function warningsOf({ stale, checks, attempts, status }: AssetInfo): Warning[] {
  const warnings: Warning[] = [];
  if (stale) warnings.push({ text: "stale", tone: "warning" });
  if (checks.failed > 0) warnings.push({ text: count(checks.failed, "check failed", "checks failed"), tone: "failed" });
  else if (checks.warned > 0) warnings.push({ text: count(checks.warned, "warning"), tone: "warning" });
  else if (checks.passed > 0) warnings.push({ text: count(checks.passed, "check passed", "checks passed"), tone: "succeeded" });
  if (status !== "failed" && attempts.some((attempt) => attempt.failed)) warnings.push({ text: "partitions failed", tone: "failed" });
  return warnings;
}

const WORST_FIRST = ["failed", "in_progress", "missing", "materialized", "external"] as const;

function groupCard(members: readonly AssetInfo[], open: boolean): Card {
  const byStatus = groupBy(members, (asset) => asset.status);
  const worst = WORST_FIRST.find((status) => byStatus.has(status)) ?? "missing";
  const some = byStatus.get(worst)!.length;
  const look: StateLook = { ...assetLook({ status: worst }), label: some === members.length ? assetLook({ status: worst }).label : `${some} ${assetLook({ status: worst }).label.toLowerCase()}` };
  const stale = members.filter((asset) => asset.stale).length;
  return {
    kind: "group",
    title: members[0]!.group || "Not defined any more",
    text: members[0]!.location || "no location",
    look,
    note: count(members.length, "asset"),
    warnings: stale > 0 ? [{ text: `${stale} stale`, tone: "warning" }] : [],
    expandable: !open,
  };
}

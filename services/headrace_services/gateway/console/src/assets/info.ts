import type { AssetAttempt, AssetRecord } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";
import type { AssetDefinition } from "@/api/gen/headrace/api/types/v1/asset_pb.ts";
import type { AssetKey } from "@/api/gen/headrace/api/types/v1/asset_key_pb.ts";
import { keyText } from "@/model/assetKeys.ts";
import { groupBy } from "@/model/grouping.ts";
import { formatNumber } from "@/model/numbers.ts";
import type { StateLook } from "@/model/states.ts";
import { millis } from "@/model/time.ts";

/** Where an asset stands. */
export type AssetStatus = "missing" | "materialized" | "in_progress" | "failed" | "external";

/** How the checks of an asset came out. */
export interface CheckCounts {
  passed: number;
  warned: number;
  failed: number;
}

/** An asset as pages look at it: its record, and what follows from it and from the assets around. */
export interface AssetInfo {
  id: string;
  key: AssetKey;
  record: AssetRecord;
  definition: AssetDefinition | undefined;
  group: string;
  location: string;
  kinds: readonly string[];
  upstream: readonly string[];
  executable: boolean;
  partitioned: boolean;
  status: AssetStatus;
  /** Why what is there is not what would be made now; unset if it is. */
  stale?: string;
  /** When it was last made. */
  madeTime?: number;
  checks: CheckCounts;
  /** Runs that are making it, or that failed to. */
  attempts: readonly AssetAttempt[];
  /** In small letters, what a search looks through. */
  searchText: string;
}

const CODE_VERSION_TAG = "headrace/code_version";

/** Joins records with attempts, and finds out which assets are behind those they are made from; of partitions that is given. */
export function assetInfos(records: readonly AssetRecord[], attempts: readonly AssetAttempt[], stalePartitions: ReadonlyMap<string, number> = new Map()): Map<string, AssetInfo> {
  const attemptsOf = groupBy(attempts, (attempt) => keyText(attempt.assetKey));
  const infos = new Map(
    records.map((record) => {
      const id = keyText(record.assetKey);
      return [id, assetInfo(id, record, attemptsOf.get(id) ?? [])] as const;
    }),
  );
  markStale(infos);
  for (const [id, number] of stalePartitions) {
    const asset = infos.get(id);
    if (asset) asset.stale = `${formatNumber(number)} of its partitions`;
  }
  return infos;
}

function assetInfo(id: string, record: AssetRecord, attempts: readonly AssetAttempt[]): AssetInfo {
  const { definition, asset, locationName } = record;
  const group = definition?.groupName ?? "";
  return {
    id,
    key: record.assetKey!,
    record,
    definition,
    group,
    location: locationName,
    kinds: definition?.kinds ?? [],
    upstream: [...new Set(definition?.dependencies.map((each) => keyText(each.assetKey)))],
    executable: definition?.executable ?? false,
    partitioned: definition?.partitions !== undefined,
    status: status(record, attempts),
    madeTime: millis(asset?.latestMaterialization?.eventTime),
    checks: checkCounts(record),
    attempts,
    searchText: `${id} ${group} ${definition?.description ?? ""}`.toLowerCase(),
  };
}

function status({ definition, asset }: AssetRecord, attempts: readonly AssetAttempt[]): AssetStatus {
  if (attempts.some((attempt) => !attempt.failed)) return "in_progress";
  if (attempts.some((attempt) => !attempt.partitions)) return "failed";
  if (asset?.latestMaterialization) return "materialized";
  if (definition && !definition.executable) return "external";
  return attempts.length > 0 ? "failed" : "missing";
}

function checkCounts({ asset }: AssetRecord): CheckCounts {
  const counts = { passed: 0, warned: 0, failed: 0 };
  for (const check of asset?.checks ?? []) {
    const detail = check.latestEvaluation?.detail;
    if (detail?.case !== "assetCheckEvaluated") continue;
    if (detail.value.passed) counts.passed += 1;
    else if (detail.value.warning) counts.warned += 1;
    else counts.failed += 1;
  }
  return counts;
}

/** Partitions are made one by one: of an asset that has some, no single moment tells whether it is behind. */
function markStale(infos: ReadonlyMap<string, AssetInfo>): void {
  const seen = new Set<string>();
  const visit = (asset: AssetInfo): void => {
    if (seen.has(asset.id)) return;
    seen.add(asset.id);
    const above = asset.upstream.flatMap((id) => infos.get(id) ?? []);
    for (const each of above) visit(each);
    const reason = whyStale(asset, above);
    if (reason) asset.stale = reason;
  };
  for (const asset of infos.values()) visit(asset);
}

function whyStale(asset: AssetInfo, above: readonly AssetInfo[]): string | undefined {
  const made = asset.record.asset?.latestMaterializationNumber ?? 0n;
  if (!asset.executable || asset.partitioned || made === 0n) return undefined;
  const newer = above.find((each) => (each.record.asset?.latestMaterializationNumber ?? 0n) > made && !each.partitioned);
  if (newer) return `${newer.id} was made since`;
  const behind = above.find((each) => each.stale !== undefined);
  if (behind) return `${behind.id} is stale itself`;
  const { detail } = asset.record.asset!.latestMaterialization!;
  const tags = detail.case === "assetMaterialized" ? detail.value.tags : [];
  const version = tags.find((tag) => tag.key === CODE_VERSION_TAG)?.value;
  const defined = asset.definition?.codeVersion ?? "";
  return defined && version && version !== defined ? "its code has another version now" : undefined;
}

const LOOKS: Record<AssetStatus, StateLook> = {
  missing: { tone: "neutral", label: "Never materialized" },
  materialized: { tone: "succeeded", label: "Materialized" },
  in_progress: { tone: "running", label: "Materializing", active: true },
  failed: { tone: "failed", label: "Failed" },
  external: { tone: "neutral", label: "Made elsewhere" },
};

/** Returns how an asset's status looks. */
export function assetLook(asset: Pick<AssetInfo, "status">): StateLook {
  return LOOKS[asset.status];
}

/** Returns the assets below each asset. */
export function childrenOf(infos: ReadonlyMap<string, AssetInfo>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const asset of infos.values()) {
    for (const id of asset.upstream) {
      const known = children.get(id);
      if (known) known.push(asset.id);
      else children.set(id, [asset.id]);
    }
  }
  return children;
}

import type { AssetRecord } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";
import { keyText } from "@/model/assetKeys.ts";

/** An asset of which some partitions may be stale; `stamp` changes with every materialization that could change that. */
export interface Question {
  id: string;
  path: string[];
  stamp: string;
}

/** Returns what has to be asked: of assets with partitions that were made, from something that was made, too. */
export function questions(records: readonly AssetRecord[]): Question[] {
  const made = new Map(records.map(({ assetKey, asset }) => [keyText(assetKey), asset?.latestMaterializationNumber ?? 0n]));
  return records.flatMap(({ assetKey, definition }) => {
    const own = made.get(keyText(assetKey))!;
    if (!definition?.partitions || !definition.executable || own === 0n) return [];
    const above = definition.dependencies.map((each) => made.get(keyText(each.assetKey)) ?? 0n);
    if (above.every((number) => number === 0n)) return [];
    return { id: keyText(assetKey), path: assetKey!.path, stamp: [own, ...above].join(" ") };
  });
}

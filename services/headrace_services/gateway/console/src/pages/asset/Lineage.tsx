import { useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { AssetGraph } from "@/assets/AssetGraph.tsx";
import type { AssetInfo } from "@/assets/info.ts";
import { evaluateSelection } from "@/assets/selection/evaluate.ts";
import type { Assets } from "@/assets/useAssets.ts";
import { links } from "@/shell/links.ts";
import { Segmented } from "@/ui/Tabs.tsx";

type Depth = "1" | "2" | "all";

const DEPTHS: { value: Depth; label: string }[] = [
  { value: "1", label: "1 step" },
  { value: "2", label: "2 steps" },
  { value: "all", label: "Everything" },
];

/** What an asset is made from and what is made from it. */
export function Lineage({ asset, world }: { asset: AssetInfo; world: Assets }) {
  const [depth, setDepth] = useState<Depth>("2");
  const navigate = useNavigate();
  const around = useMemo(() => {
    const steps = depth === "all" ? Infinity : Number(depth);
    const ids = evaluateSelection({ kind: "walk", inner: { kind: "name", text: asset.id }, up: steps, down: steps }, world);
    return [...world.assets.values()].filter((each) => ids.has(each.id));
  }, [asset.id, depth, world]);
  return (
    <AssetGraph
      assets={around}
      label={`Lineage of ${asset.id}`}
      selected={asset.id}
      onSelect={(id) => id && id !== asset.id && void navigate(links.asset({ path: world.assets.get(id)?.key.path ?? id.split("/") }, { tab: "lineage" }))}
      toolbar={<Segmented<Depth> label="How far" value={depth} onChange={setDepth} options={DEPTHS} />}
    />
  );
}

import { useCallback, useMemo, useState, type ReactNode } from "react";

import { GraphView } from "@/graph/GraphView.tsx";
import { formatDistance } from "@/model/time.ts";
import { useNow } from "@/ui/now.ts";
import { assetGraph, groupNodeId } from "./graphModel.ts";
import type { AssetInfo } from "./info.ts";

const MINUTE = 60_000;
// Groups of a larger graph begin closed.
const OPEN_BELOW = 60;

/** The graph of assets with their states; with `grouped`, groups are frames that open and close. */
export function AssetGraph({
  assets,
  label,
  grouped,
  selected,
  onSelect,
  toolbar,
  height,
}: {
  assets: readonly AssetInfo[];
  label: string;
  grouped?: boolean;
  selected?: string;
  onSelect?(id: string | undefined): void;
  toolbar?: ReactNode;
  height?: string;
}) {
  const now = useNow(MINUTE);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const openAtFirst = assets.length < OPEN_BELOW;
  const openGroups = useMemo(() => {
    const groups = new Set(assets.map(groupNodeId));
    // One group alone needs no frame, and nobody who chose it wants to see it closed.
    return grouped && groups.size > 1 ? new Set([...groups].filter((id) => toggled.has(id) !== openAtFirst)) : undefined;
  }, [assets, grouped, toggled, openAtFirst]);
  const graph = useMemo(
    () => assetGraph(assets, { openGroups, when: (moment) => formatDistance(moment, Math.max(now, Date.now())) }),
    [assets, openGroups, now],
  );
  const toggle = useCallback((id: string) => setToggled((before) => (before.has(id) ? without(before, id) : new Set([...before, id]))), []);
  return (
    <GraphView
      graph={graph}
      label={label}
      direction="RIGHT"
      selected={selected}
      onSelect={onSelect}
      onToggle={openGroups ? toggle : undefined}
      toolbar={toolbar}
      height={height}
    />
  );
}

function without(set: ReadonlySet<string>, item: string): Set<string> {
  const rest = new Set(set);
  rest.delete(item);
  return rest;
}

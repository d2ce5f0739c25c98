import { useCallback, useMemo, useState, type ReactNode } from "react";

import { GraphView } from "@/graph/GraphView.tsx";
import { flipped } from "@/model/sets.ts";
import { formatDistance } from "@/model/time.ts";
import { useNow } from "@/ui/now.ts";
import { assetGraph, groupNodeId } from "./graphModel.ts";
import type { AssetInfo } from "./info.ts";
import { tickToggled, withWholeGroups } from "./ticks.ts";

const MINUTE = 60_000;
// Groups of a larger graph begin closed.
const OPEN_BELOW = 60;
const NONE: ReadonlySet<string> = new Set();

/** The graph of assets with their states; with `grouped`, groups are frames that open and close. */
export function AssetGraph({
  assets,
  label,
  grouped,
  selected,
  onSelect,
  ticked,
  onTick,
  toolbar,
  height,
}: {
  assets: readonly AssetInfo[];
  label: string;
  grouped?: boolean;
  selected?: string;
  onSelect?(id: string | undefined): void;
  /** Assets that are ticked; a group is when all of its assets are. */
  ticked?: ReadonlySet<string>;
  onTick?(ids: ReadonlySet<string>): void;
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
  const toggle = useCallback((id: string) => setToggled((before) => flipped(before, id)), []);
  const tickedNodes = useMemo(() => ticked && withWholeGroups(assets, ticked), [assets, ticked]);
  const tick = useCallback((id: string) => onTick?.(tickToggled(assets, ticked ?? NONE, id)), [assets, ticked, onTick]);
  return (
    <GraphView
      graph={graph}
      label={label}
      direction="RIGHT"
      selected={selected}
      onSelect={onSelect}
      onToggle={openGroups ? toggle : undefined}
      ticked={tickedNodes}
      onTick={onTick && tick}
      toolbar={toolbar}
      height={height}
    />
  );
}

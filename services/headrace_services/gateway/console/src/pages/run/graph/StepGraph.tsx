import { useCallback, useMemo, useState } from "react";

import type { RunFeed } from "@/api/runFeed.ts";
import { GraphView } from "@/graph/GraphView.tsx";
import { flipped } from "@/model/sets.ts";
import { Empty } from "@/ui/Notice.tsx";
import { stepGraph } from "./stepGraph.ts";

interface Props {
  feed: RunFeed;
  step: string;
  onStep(key: string): void;
  /** Looks at all steps instead, one below the other. */
  onTimeline(): void;
}

/** How the steps of a run depend on each other, and where each stands. */
export default function StepGraph({ feed, step, onStep, onTimeline }: Props) {
  const { progress, version } = feed;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const { graph, groups, rests, chosenNode } = useMemo(
    () => stepGraph([...progress.steps.values()], { open, chosen: step }),
    // What it is made of changes in place; its version tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [progress, version, open, step],
  );
  const toggle = useCallback((id: string) => setOpen((before) => flipped(before, id)), []);
  if (graph.nodes.length === 0) return <Empty title="No steps yet" />;
  const select = (id = step) => {
    if (groups.has(id)) toggle(id);
    else if (rests.has(id)) onTimeline();
    else onStep(id);
  };
  return <GraphView graph={graph} label="Steps of the run" direction="DOWN" selected={chosenNode} onSelect={select} onToggle={groups.size > 0 ? toggle : undefined} height="clamp(320px, 52vh, 640px)" />;
}

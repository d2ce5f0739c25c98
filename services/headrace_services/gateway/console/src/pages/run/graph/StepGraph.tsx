import { useMemo } from "react";

import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import { GraphView } from "@/graph/GraphView.tsx";
import type { Graph } from "@/graph/model.ts";
import { keyText } from "@/model/assetKeys.ts";
import { groupBy } from "@/model/grouping.ts";
import { formatNumber } from "@/model/numbers.ts";
import { unmapped, type StepProgress } from "@/model/runProgress.ts";
import { stepStateLook } from "@/model/states.ts";
import { formatSpan } from "@/model/time.ts";
import { Empty, Notice } from "@/ui/Notice.tsx";

// Beyond it a graph of steps tells nothing that the timeline does not tell better.
const MOST = 800;

/** How the steps of a run depend on each other, and where each stands. */
export default function StepGraph({ feed, step, onStep }: { run: Run; feed: RunFeed; step: string; onStep(key: string): void }) {
  const { progress, version } = feed;
  const graph = useMemo(
    () => graphOf([...progress.steps.values()].slice(0, MOST)),
    // What it is made of changes in place; its version tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [progress, version],
  );
  if (graph.nodes.length === 0) return <Empty title="No steps yet" />;
  return (
    <>
      {progress.steps.size > MOST && (
        <Notice title={`The first ${formatNumber(MOST)} of ${formatNumber(progress.steps.size)} steps`}>The timeline has all of them.</Notice>
      )}
      <GraphView graph={graph} label="Steps of the run" direction="DOWN" selected={step || undefined} onSelect={(key) => onStep(key ?? step)} height="clamp(320px, 52vh, 640px)" />
    </>
  );
}

function graphOf(steps: StepProgress[]): Graph {
  const known = groupBy(steps, (step) => unmapped(step.key));
  return {
    nodes: steps.map((step) => ({
      id: step.key,
      card: {
        kind: "op",
        title: step.key,
        look: stepStateLook(step.state),
        note: step.start !== undefined && step.end !== undefined ? formatSpan(step.end - step.start) : undefined,
        chips: [...step.assetKeys.map(keyText), ...(step.pool ? [step.pool] : [])],
      },
    })),
    edges: steps.flatMap((step) =>
      step.dependsOn
        .flatMap((above) => known.get(above) ?? [])
        .map((above) => ({ id: `${above.key} → ${step.key}`, from: above.key, to: step.key })),
    ),
  };
}

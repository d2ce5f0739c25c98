import { ZoomIn, ZoomOut } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";

import type { RunFeed } from "@/api/runFeed.ts";
import { formatNumber } from "@/model/numbers.ts";
import { stepStateLook, type StepState } from "@/model/states.ts";
import { Button } from "@/ui/Button.tsx";
import { SearchField } from "@/ui/Field.tsx";
import { Empty, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateIcon } from "@/ui/State.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import { Gantt } from "./gantt/Gantt.tsx";
import { inOrder } from "./gantt/order.ts";
import styles from "./Steps.module.css";

const StepGraph = lazy(() => import("./graph/StepGraph.tsx"));
const ORDER: readonly StepState[] = ["failed", "running", "retrying", "waiting", "succeeded", "skipped", "canceled"];
const LARGEST_ZOOM = 64;

interface Props {
  feed: RunFeed;
  view: "timeline" | "graph";
  onView(view: "timeline" | "graph"): void;
  step: string;
  onStep(key: string): void;
  chosen: ReadonlySet<string>;
  onChoose(keys: Set<string>): void;
}

/** The steps of a run: when each was executed, or how they depend on each other. */
export function Steps({ feed, view, onView, step, onStep, chosen, onChoose }: Props) {
  const [filter, setFilter] = useState("");
  const [state, setState] = useState<StepState>();
  const [zoom, setZoom] = useState(1);
  const { progress, version } = feed;
  const steps = useMemo(
    () => inOrder(progress.steps.values()).filter((each) => (!state || each.state === state) && each.key.toLowerCase().includes(filter.toLowerCase())),
    // What it is made of changes in place; its version tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [progress, version, state, filter],
  );
  const counts = progress.counts();
  return (
    <Panel
      flush
      title={
        <div className={styles.title}>
          <h2>Steps</h2>
          {ORDER.filter((each) => counts.has(each)).map((each) => (
            <button key={each} type="button" className={styles.count} aria-pressed={state === each} onClick={() => setState(state === each ? undefined : each)}>
              <StateIcon look={{ ...stepStateLook(each), active: false }} size={12} />
              {formatNumber(counts.get(each)!)} {stepStateLook(each).label.toLowerCase()}
            </button>
          ))}
        </div>
      }
      actions={
        <>
          {view === "timeline" && (
            <>
              <SearchField label="Filter steps" value={filter} onChange={(event) => setFilter(event.target.value)} />
              <Button small kind="quiet" aria-label="Zoom out" title="Zoom out" disabled={zoom === 1} onClick={() => setZoom(zoom / 2)} icon={<ZoomOut size={15} aria-hidden />} />
              <Button small kind="quiet" aria-label="Zoom in" title="Zoom in" disabled={zoom === LARGEST_ZOOM} onClick={() => setZoom(zoom * 2)} icon={<ZoomIn size={15} aria-hidden />} />
            </>
          )}
          <Segmented
            label="How to see the steps"
            value={view}
            onChange={onView}
            options={[
              { value: "timeline", label: "Timeline" },
              { value: "graph", label: "Graph" },
            ]}
          />
        </>
      }
    >
      {view === "graph" ? (
        <Suspense fallback={<Loading />}>
          <StepGraph feed={feed} step={step} onStep={onStep} onTimeline={() => onView("timeline")} />
        </Suspense>
      ) : progress.steps.size === 0 ? (
        <NoSteps feed={feed} />
      ) : (
        <Gantt progress={progress} steps={steps} zoom={zoom} step={step} onStep={onStep} chosen={chosen} onChoose={onChoose} />
      )}
    </Panel>
  );
}

function NoSteps({ feed }: { feed: RunFeed }) {
  if (!feed.caughtUp) return <Loading rows={4} />;
  return <Empty title={feed.progress.over ? "No step was executed" : "No steps yet"}>They are shown as soon as a worker has taken the run up.</Empty>;
}

import { Link } from "react-router";

import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { batches, type Stretch } from "@/model/lanes.ts";
import { formatMoment } from "@/model/moments.ts";
import { count } from "@/model/numbers.ts";
import { shortId } from "@/model/runs.ts";
import { RUN_STATE_ORDER, runStateLook } from "@/model/states.ts";
import { formatSpan, millis } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import styles from "./Timeline.module.css";

const LEAST_PX = 5;
const COUNT_FROM_PX = 18;

interface Props {
  runs: Run[];
  begin: number;
  now: number;
  width: number;
  place(moment: number): number;
}

/** The runs of a job as bars; those that would be drawn over each other as one, with their number. */
export function RunBars({ runs, begin, now, place, width }: Props) {
  const stretches = batches(
    runs,
    (run) => ({
      from: Math.max(0, place(beginOf(run))),
      to: Math.min(width, place(millis(run.finishTime) ?? now)),
    }),
    LEAST_PX,
  );
  return stretches.map((stretch) => {
    const style = { left: stretch.from, width: stretch.to - stretch.from, background: colours(stretch.items) };
    return (
      <Link key={stretch.items[0]!.runId} to={target(stretch, begin)} className={styles.bar} style={style} title={title(stretch.items, now)} aria-label={title(stretch.items, now)}>
        {stretch.items.length > 1 && stretch.to - stretch.from >= COUNT_FROM_PX && stretch.items.length}
      </Link>
    );
  });
}

function beginOf(run: Run): number {
  return millis(run.startTime ?? run.createTime) ?? 0;
}

/** A run's own page; of many, the list of these. */
function target({ items }: Stretch<Run>, begin: number): string {
  const [first] = items;
  if (items.length === 1) return links.run(first!.runId);
  const created = items.map((run) => millis(run.createTime) ?? begin);
  return links.runs({
    job: first!.jobName,
    location: first!.locationName,
    from: new Date(Math.min(...created)).toISOString(),
    before: new Date(Math.max(...created) + 1_000).toISOString(),
  });
}

/** The colours of the states in the proportion of their runs. */
function colours(runs: Run[]): string {
  if (runs.length === 1) return `var(--${runStateLook(runs[0]!.state).tone})`;
  let share = 0;
  const stops = RUN_STATE_ORDER.toReversed().flatMap((state) => {
    const number = runs.filter((run) => run.state === state).length;
    if (number === 0) return [];
    const from = share;
    share += number / runs.length;
    return [`var(--${runStateLook(state).tone}) ${100 * from}% ${100 * share}%`];
  });
  return `linear-gradient(0deg, ${stops.join(", ")})`;
}

function title(runs: Run[], now: number): string {
  const [first] = runs;
  if (runs.length === 1) {
    const took = formatSpan((millis(first!.finishTime) ?? now) - beginOf(first!));
    return `${first!.jobName} ${shortId(first!.runId)}: ${runStateLook(first!.state).label.toLowerCase()}, ${formatMoment(beginOf(first!), now)}, ${took}`;
  }
  const failed = runs.filter((run) => run.state === RunState.FAILED).length;
  return `${count(runs.length, "run")} of ${first!.jobName}${failed > 0 ? `, ${failed} failed` : ""}`;
}

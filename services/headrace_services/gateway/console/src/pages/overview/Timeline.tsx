import { ChartGantt } from "lucide-react";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import type { ScheduleRecord } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { ticks } from "@/model/axis.ts";
import { groupBy } from "@/model/grouping.ts";
import { formatDay, formatFull, formatShortClock, midnightBefore } from "@/model/moments.ts";
import { isImplicit, jobTitle } from "@/model/runs.ts";
import { millis } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import { Button, ButtonLink } from "@/ui/Button.tsx";
import { Empty } from "@/ui/Notice.tsx";
import { useWidth } from "@/ui/useWidth.ts";
import { jobOf } from "./late.ts";
import { RunBars } from "./RunBars.tsx";
import styles from "./Timeline.module.css";

const FUTURE_SHARE = 0.08;
const FIRST_ROWS = 20;
const TICK_PX = 110;
const DAY = 86_400_000;

interface Props {
  runs: readonly Run[];
  schedules: readonly ScheduleRecord[];
  span: number;
  now: number;
}

/** A row for each job, with its runs where they were in time, and the ticks that come next. */
export function Timeline({ runs, schedules, span, now }: Props) {
  const [scale, width] = useWidth<HTMLDivElement>();
  const [all, setAll] = useState(false);
  const begin = now - span;
  const end = now + span * FUTURE_SHARE;
  const rows = useMemo(() => rowsOf(runs, schedules, now - span), [runs, schedules, now, span]);
  const place = (moment: number) => ((moment - begin) / (end - begin)) * width;
  const midnight = midnightBefore(now);
  return (
    <div className={styles.timeline}>
      <div className={styles.axis} aria-hidden>
        <span className={styles.label} />
        <div ref={scale} className={styles.scale}>
          {width > 0 &&
            ticks(begin, end, width / TICK_PX, midnight).map((moment) => (
              <span key={moment} style={{ left: place(moment) }}>
                {span > DAY ? formatDay(moment, now) : formatShortClock(moment)}
              </span>
            ))}
        </div>
      </div>
      {rows.length === 0 ? (
        <Empty title="No runs in this time" icon={<ChartGantt size={22} aria-hidden />} actions={<ButtonLink to={links.jobs()}>Launch a job</ButtonLink>}>
          As soon as a job is launched, an asset is materialized, or a schedule makes a run, it is shown here.
        </Empty>
      ) : (
        <ul className={styles.rows}>
          {rows.slice(0, all ? rows.length : FIRST_ROWS).map((row) => (
            <li key={`${row.location}/${row.job}`} className={styles.row}>
              <span className={styles.label}>
                <Link to={links.job(row.location, row.job)} title={`${row.job} in ${row.location}`}>
                  {jobTitle(row.job, row.location)}
                </Link>
                {!isImplicit(row.job) && <small>{row.location}</small>}
              </span>
              <div className={styles.track}>
                {width > 0 && <RunBars runs={row.runs} begin={begin} now={now} place={place} width={width} />}
                {row.schedules.map((schedule) => {
                  const due = millis(schedule.nextDueTime);
                  if (due === undefined || due > end) return null;
                  return <span key={schedule.definition!.name} className={styles.due} style={{ left: place(due) }} title={`${schedule.definition!.name} is due at ${formatFull(due)}`} />;
                })}
                <span className={styles.now} style={{ left: place(now) }} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {!all && rows.length > FIRST_ROWS && (
        <div className={styles.more}>
          <Button kind="quiet" onClick={() => setAll(true)}>
            {rows.length - FIRST_ROWS} more jobs
          </Button>
        </div>
      )}
    </div>
  );
}

interface Row {
  location: string;
  job: string;
  runs: Run[];
  schedules: ScheduleRecord[];
}

/** Jobs with something to show, those with the newest runs first. */
function rowsOf(runs: readonly Run[], schedules: readonly ScheduleRecord[], begin: number): Row[] {
  const rows = new Map<string, Row>();
  const row = (location: string, job: string) => {
    const key = `${location}\n${job}`;
    if (!rows.has(key)) rows.set(key, { location, job, runs: [], schedules: [] });
    return rows.get(key)!;
  };
  for (const [, its] of groupBy(runs, jobOf)) {
    const shown = its.filter((run) => (millis(run.finishTime) ?? Infinity) > begin);
    if (shown.length > 0) row(shown[0]!.locationName, shown[0]!.jobName).runs = shown;
  }
  for (const schedule of schedules) {
    if (schedule.definition?.jobName) row(schedule.locationName, schedule.definition.jobName).schedules.push(schedule);
  }
  return [...rows.values()].toSorted((one, other) => (one.job === other.job ? 0 : one.job < other.job ? -1 : 1));
}

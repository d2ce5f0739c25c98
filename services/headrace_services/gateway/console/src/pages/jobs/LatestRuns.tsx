import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";

import { runs as client } from "@/api/clients.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { useRunStates, useThrottled } from "@/api/live.ts";
import { groupBy } from "@/model/grouping.ts";
import { formatMoment } from "@/model/moments.ts";
import { runStateLook } from "@/model/states.ts";
import { millis } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import styles from "./Jobs.module.css";

const READ = 500;
const SHOWN = 5;

/** Reads the latest runs of all jobs, by location and job. */
export function useLatestRuns(): ReadonlyMap<string, Run[]> {
  const queries = useQueryClient();
  const queryKey = ["latest runs"];
  const { data } = useQuery({ queryKey, queryFn: async ({ signal }) => (await client.listRuns({ pageSize: READ }, { signal })).runs });
  useRunStates(useThrottled(() => queries.invalidateQueries({ queryKey }), 800));
  return useMemo(() => groupBy(data ?? [], (run) => `${run.locationName}/${run.jobName}`), [data]);
}

/** The latest runs of a job as a row of marks, the newest at the right. */
export function LatestRuns({ runs }: { runs: readonly Run[] }) {
  if (runs.length === 0) return <span className="faint">–</span>;
  return (
    <span className={styles.runs}>
      {runs
        .slice(0, SHOWN)
        .toReversed()
        .map((run) => {
          const look = runStateLook(run.state);
          const text = `${look.label}, ${formatMoment(millis(run.createTime) ?? 0)}`;
          return <Link key={run.runId} to={links.run(run.runId)} title={text} aria-label={text} style={{ background: `var(--${look.tone})` }} data-active={look.active} />;
        })}
    </span>
  );
}

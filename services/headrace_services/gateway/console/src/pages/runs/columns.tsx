import { Link } from "react-router";

import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { runTitle, shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { RunOriginLink } from "@/ui/RunOrigin.tsx";
import { RunStateBadge } from "@/ui/State.tsx";
import type { Column } from "@/ui/Table.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { Span, Time } from "@/ui/Time.tsx";
import styles from "./columns.module.css";

/** The columns of a table of runs. */
export const COLUMNS: Column<Run>[] = [
  { id: "state", header: "State", width: "132px", cell: (run) => <RunStateBadge state={run.state} /> },
  {
    id: "run",
    header: "Run",
    cell: (run) => (
      <div className={styles.run}>
        <Link to={links.run(run.runId)} className={styles.title}>
          {runTitle(run)}
        </Link>
        <code className={styles.id} title={run.runId}>
          {shortId(run.runId)}
        </code>
        {run.partitionKey && <code className={styles.id}>{run.partitionKey}</code>}
      </div>
    ),
  },
  { id: "tags", header: "Tags", width: "16%", from: "wide", cell: (run) => <Tags tags={run.tags} /> },
  { id: "location", header: "Location", width: "12%", from: "wide", cell: (run) => <Link to={links.deployment({ location: run.locationName })} title={run.locationName}>{run.locationName}</Link> },
  { id: "origin", header: "Made by", width: "13%", from: "wide", cell: (run) => <RunOriginLink run={run} /> },
  { id: "created", header: "Created", width: "104px", cell: (run) => <Time at={run.createTime} /> },
  { id: "took", header: "Took", width: "96px", align: "end", from: "medium", cell: (run) => (run.startTime ? <Span from={run.startTime} to={run.finishTime} /> : <span className="faint">–</span>) },
];

import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { runs as client } from "@/api/clients.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { useRunStates, useThrottled } from "@/api/live.ts";
import { usePaged } from "@/api/pages.ts";
import { shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { RunOriginLink } from "@/ui/RunOrigin.tsx";
import { RunStateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { Span, Time } from "@/ui/Time.tsx";

const COLUMNS: Column<Run>[] = [
  { id: "state", header: "State", width: "132px", cell: (run) => <RunStateBadge state={run.state} /> },
  { id: "run", header: "Run", width: "110px", cell: (run) => <Link to={links.run(run.runId)}>{shortId(run.runId)}</Link> },
  { id: "partition", header: "Partition", from: "medium", cell: (run) => run.partitionKey },
  { id: "tags", header: "Tags", from: "wide", cell: (run) => <Tags tags={run.tags} /> },
  { id: "origin", header: "Made by", from: "medium", cell: (run) => <RunOriginLink run={run} /> },
  { id: "created", header: "Created", width: "110px", cell: (run) => <Time at={run.createTime} /> },
  { id: "took", header: "Took", width: "100px", align: "end", cell: (run) => (run.startTime ? <Span from={run.startTime} to={run.finishTime} /> : <span className="faint">–</span>) },
];

/** The runs of a job, newest first. */
export function RunsTab({ locationName, jobName }: { locationName: string; jobName: string }) {
  const queries = useQueryClient();
  const key = ["job runs", locationName, jobName];
  const { items, query, more, readMore } = usePaged(key, async (pageToken, signal) => {
    const page = await client.listRuns({ locationName, jobName, pageSize: 50, pageToken }, { signal });
    return { items: page.runs, nextPageToken: page.nextPageToken };
  });
  const refresh = useThrottled(() => queries.invalidateQueries({ queryKey: key }), 500);
  useRunStates((events) => (events.length === 0 || events.some(({ detail }) => detail.case === "runStateChanged" && detail.value.jobName === jobName)) && refresh());
  if (query.error && items.length === 0) return <Failed error={query.error} what="read the runs" onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  if (items.length === 0) return <Panel><Empty title="It has not run yet">Run it from here, or switch on a schedule.</Empty></Panel>;
  return (
    <Panel flush>
      <Table label="Runs" columns={COLUMNS} rows={items} rowKey={(run) => run.runId} more={more} onMore={readMore} />
    </Panel>
  );
}

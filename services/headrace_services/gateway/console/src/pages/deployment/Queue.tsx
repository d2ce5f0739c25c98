import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { useAction } from "@/ui/act.ts";
import { deployment, pools as client } from "@/api/clients.ts";
import { ChangeKind, type QueueLimits } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import { PoolService } from "@/api/gen/headrace/api/gateway/v1/pool_service_pb.ts";
import type { Pool } from "@/api/gen/headrace/api/types/v1/pool_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { PoolLimitSource } from "@/api/gen/headrace/api/types/v1/pool_pb.ts";
import { requestId } from "@/api/ids.ts";
import { useRefreshOn } from "@/api/live.ts";
import { readAll } from "@/api/pages.ts";
import { formatNumber } from "@/model/numbers.ts";
import { runTitle, shortId } from "@/model/runs.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { TextField } from "@/ui/Field.tsx";
import { Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { RunStateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Deployment.module.css";

const QUEUE = ["queue"];
const POOLS = ["pools"];

const RUNS: Column<Run>[] = [
  { id: "state", header: "State", width: "132px", cell: (run) => <RunStateBadge state={run.state} /> },
  {
    id: "run",
    header: "Run",
    cell: (run) => (
      <>
        <Link to={links.run(run.runId)}>{runTitle(run)}</Link> <code className="faint">{shortId(run.runId)}</code>
      </>
    ),
  },
  { id: "location", header: "Location", width: "20%", from: "medium", cell: (run) => run.locationName },
  { id: "priority", header: "Priority", width: "90px", from: "medium", align: "end", cell: (run) => run.priority },
  { id: "created", header: "Created", width: "120px", align: "end", cell: (run) => <Time at={run.createTime} /> },
];

const SOURCES: Partial<Record<PoolLimitSource, string>> = {
  [PoolLimitSource.SET]: "set here or by command",
  [PoolLimitSource.FILE]: "from the instance file",
  [PoolLimitSource.DEFAULT]: "the default of the instance file",
};

const POOL_COLUMNS: Column<Pool>[] = [
  { id: "name", header: "Pool", cell: (pool) => <code>{pool.name}</code> },
  { id: "use", header: "In use", width: "160px", cell: (pool) => `${formatNumber(pool.heldCount)} of ${pool.limit === undefined ? "any number" : formatNumber(pool.limit)}` },
  { id: "waiting", header: "Steps that wait", width: "130px", from: "medium", cell: (pool) => formatNumber(pool.waitingCount) },
  { id: "source", header: "Limit", width: "24%", from: "medium", cell: (pool) => SOURCES[pool.limitSource] ?? "none" },
  { id: "set", header: <span className="visually-hidden">Change</span>, width: "120px", align: "end", cell: (pool) => <SetLimit pool={pool} /> },
];

/** What waits and what is in progress, and what limits it. */
export function Queue() {
  useRefreshOn([ChangeKind.QUEUE, ChangeKind.POOL], [QUEUE, POOLS]);
  const queue = useQuery({ queryKey: QUEUE, queryFn: ({ signal }) => deployment.getQueue({ maxQueuedRuns: 100 }, { signal }) });
  const pools = useQuery({
    queryKey: POOLS,
    queryFn: ({ signal }) =>
      readAll(async (pageToken) => {
        const page = await client.listPools({ pageSize: 500, pageToken }, { signal });
        return { items: page.pools, nextPageToken: page.nextPageToken };
      }),
  });
  if (queue.error && !queue.data) return <Failed error={queue.error} what="read the queue" onRetry={() => void queue.refetch()} />;
  if (!queue.data) return <Loading />;
  const { activeRuns, queuedRuns, queuedCount, limits } = queue.data;
  return (
    <>
      <Limits active={activeRuns.length} queued={Number(queuedCount)} limits={limits} />
      <Panel title="In progress" flush>
        {activeRuns.length > 0 ? <Table label="Runs in progress" columns={RUNS} rows={activeRuns} rowKey={(run) => run.runId} /> : <p className={styles.rest}>Nothing is in progress.</p>}
      </Panel>
      <Panel title="Queue" flush>
        {queuedRuns.length > 0 ? <Table label="Queued runs" columns={RUNS} rows={queuedRuns} rowKey={(run) => run.runId} /> : <p className={styles.rest}>Nothing waits.</p>}
        {Number(queuedCount) > queuedRuns.length && <p className={styles.rest}>and {formatNumber(queuedCount - BigInt(queuedRuns.length))} more</p>}
      </Panel>
      <Panel title="Pools" flush>
        {pools.data && pools.data.length > 0 ? (
          <Table label="Pools" columns={POOL_COLUMNS} rows={pools.data} rowKey={(pool) => pool.name} />
        ) : (
          <p className={styles.rest}>No pool is limited or in use. Ops and assets with <code>pool=</code> share its slots across all runs.</p>
        )}
      </Panel>
    </>
  );
}

function Limits({ active, queued, limits }: { active: number; queued: number; limits: QueueLimits | undefined }) {
  return (
    <dl className={styles.tiles}>
      <div>
        <dt>In progress</dt>
        <dd>
          {formatNumber(active)} <small>{limitText(limits?.maxConcurrentRuns)}</small>
        </dd>
      </div>
      <div>
        <dt>Queued</dt>
        <dd>
          {formatNumber(queued)} <small>{limitText(limits?.maxQueuedRuns)}</small>
        </dd>
      </div>
      {limits?.tagLimits.map((tag) => (
        <div key={`${tag.key}=${tag.value}`}>
          <dt>
            <code>
              {tag.key}
              {tag.value && `=${tag.value}`}
            </code>
            {tag.perValue && " each value"}
          </dt>
          <dd>
            <small>{limitText(tag.limit)}</small>
          </dd>
        </div>
      ))}
      <div>
        <dt>Pools, by default</dt>
        <dd>
          <small>{limitText(limits?.defaultPoolLimit)}</small>
        </dd>
      </div>
    </dl>
  );
}

function limitText(limit: bigint | undefined): string {
  return limit === undefined ? "no limit" : `limit ${formatNumber(limit)}`;
}

function SetLimit({ pool }: { pool: Pool }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const refusal = useRefusal(PoolService.method.setPoolLimit);
  const valid = /^\d*$/.test(text.trim());
  const save = useAction("set the limit", async () => {
    const limit = text.trim();
    await client.setPoolLimit({ requestId: requestId(), name: pool.name, ...(limit ? { limit: BigInt(limit) } : {}) });
    await queries.invalidateQueries({ queryKey: POOLS });
    setOpen(false);
  });
  return (
    <>
      <Button
        small
        kind="quiet"
        refusal={refusal}
        onClick={() => {
          setText(pool.limit === undefined ? "" : String(pool.limit));
          setOpen(true);
        }}
      >
        Set limit
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Slots of ${pool.name}`}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button kind="primary" busy={save.busy} disabled={!valid} onClick={() => save.run()}>
              Set
            </Button>
          </>
        }
      >
        <p>Empty: as the instance file says.</p>
        <TextField label="How many steps at once" inputMode="numeric" value={text} aria-invalid={!valid} onChange={(event) => setText(event.target.value)} />
      </Dialog>
    </>
  );
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { OctagonX, RotateCcw } from "lucide-react";
import { Link, useNavigate, useParams } from "react-router";

import { useAction } from "@/ui/act.ts";
import { backfills as client, runs } from "@/api/clients.ts";
import { isNotFound } from "@/api/errors.ts";
import { BackfillService } from "@/api/gen/headrace/api/gateway/v1/backfill_service_pb.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import { BackfillState, type Backfill } from "@/api/gen/headrace/api/types/v1/backfill_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { requestId } from "@/api/ids.ts";
import { useRefreshOn, useRunStates, useThrottled } from "@/api/live.ts";
import { usePaged } from "@/api/pages.ts";
import { BackfillProgress, CountsBar } from "@/backfills/BackfillProgress.tsx";
import { backfillLook, backfillTitle, sumCounts } from "@/backfills/looks.ts";
import { keyText } from "@/model/assetKeys.ts";
import { count } from "@/model/numbers.ts";
import { shortId } from "@/model/runs.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Button, ButtonLink } from "@/ui/Button.tsx";
import { FailureView } from "@/ui/FailureView.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { RunStateBadge, StateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { Span, Time } from "@/ui/Time.tsx";

const CRUMBS = [{ label: "Backfills", to: links.backfills() }];
const BACKFILL_TAG = "headrace/backfill";

/** One backfill: how far each of its targets has come, its runs, and what can be done. */
export function Component() {
  const { backfillId = "" } = useParams();
  const queries = useQueryClient();
  const queryKey = ["backfill", backfillId];
  const query = useQuery({ queryKey, queryFn: async ({ signal }) => (await client.getBackfill({ backfillId }, { signal })).backfill! });
  useRefreshOn([ChangeKind.BACKFILL], [queryKey]);
  useRunStates(useThrottled(() => queries.invalidateQueries({ queryKey }), 500));
  if (query.data) return <BackfillPage backfill={query.data} />;
  return (
    <Page title="Backfill" crumbs={CRUMBS}>
      {!query.error ? (
        <Loading />
      ) : isNotFound(query.error) ? (
        <Empty title="There is no such backfill" actions={<ButtonLink to={links.backfills()}>All backfills</ButtonLink>}>
          Nothing is known of <code>{backfillId}</code>.
        </Empty>
      ) : (
        <Failed error={query.error} what="read the backfill" onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}

function BackfillPage({ backfill }: { backfill: Backfill }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { backfillId } = backfill;
  const over = backfill.finishTime !== undefined;
  const cancel = useAction("cancel the backfill", async () => {
    await client.cancelBackfill({ requestId: requestId(), backfillId });
    await queries.invalidateQueries({ queryKey: ["backfill", backfillId] });
  });
  const retry = useAction("retry the backfill", async () => {
    const { backfill: next } = await client.retryBackfill({ requestId: requestId(), backfillId });
    await navigate(links.backfill(next!.backfillId));
  });
  const cancelRefusal = useRefusal(BackfillService.method.cancelBackfill, backfill.locationName);
  const retryRefusal = useRefusal(BackfillService.method.retryBackfill, backfill.locationName);
  const counts = sumCounts(backfill.counts);
  return (
    <Page
      title={backfillTitle(backfill)}
      crumbs={CRUMBS}
      badge={<StateBadge look={backfillLook(backfill.state)} />}
      subtitle={
        <>
          {count(Number(backfill.runCount), "run")}, begun <Time at={backfill.createTime} />, {over ? "took" : "going on for"} <Span from={backfill.createTime} to={backfill.finishTime} />
          {backfill.actor && <> · asked for by {backfill.actor}</>}
          {backfill.retryOfId && (
            <>
              {" · "}
              <Link to={links.backfill(backfill.retryOfId)}>what another one has not made</Link>
            </>
          )}
        </>
      }
      actions={
        over ? (
          backfill.state !== BackfillState.SUCCEEDED && (
            <Button icon={<RotateCcw size={14} aria-hidden />} busy={retry.busy} refusal={retryRefusal} onClick={() => retry.run()}>
              Make what is missing
            </Button>
          )
        ) : (
          <Button kind="danger" icon={<OctagonX size={14} aria-hidden />} busy={cancel.busy} refusal={cancelRefusal} disabled={backfill.state === BackfillState.CANCELING} onClick={() => cancel.run()}>
            Cancel
          </Button>
        )
      }
    >
      {backfill.failure && (
        <Panel title="What went wrong">
          <FailureView failure={backfill.failure} />
        </Panel>
      )}
      <Panel title={`${count(counts.target, "partition")} to make`}>
        <BackfillProgress backfill={backfill} />
      </Panel>
      <Panel flush>
        <Table label="Targets" columns={TARGETS} rows={backfill.counts} rowKey={(each) => keyText(each.assetKey)} />
      </Panel>
      <Tags tags={backfill.tags} />
      <Runs backfillId={backfillId} />
    </Page>
  );
}

const TARGETS: Column<Backfill["counts"][number]>[] = [
  { id: "asset", header: "Target", cell: (each) => (each.assetKey ? <Link to={links.asset(each.assetKey, { tab: "partitions" })}>{keyText(each.assetKey)}</Link> : "The job") },
  { id: "progress", header: "Partitions", width: "45%", cell: (each) => <CountsBar counts={sumCounts([each])} /> },
];

const RUNS: Column<Run>[] = [
  { id: "state", header: "State", width: "132px", cell: (run) => <RunStateBadge state={run.state} /> },
  { id: "run", header: "Run", width: "110px", cell: (run) => <Link to={links.run(run.runId)}>{shortId(run.runId)}</Link> },
  { id: "partition", header: "Partition", cell: (run) => run.partitionKey || run.tags.filter((tag) => tag.key.includes("partition_range")).map((tag) => tag.value).join(" to ") },
  { id: "assets", header: "Assets", from: "medium", cell: (run) => run.assetSelection.slice(0, 3).map(keyText).join(", ") + (run.assetSelection.length > 3 ? ` and ${run.assetSelection.length - 3} more` : "") },
  { id: "created", header: "Created", width: "110px", from: "medium", cell: (run) => <Time at={run.createTime} /> },
  { id: "took", header: "Took", width: "100px", align: "end", cell: (run) => (run.startTime ? <Span from={run.startTime} to={run.finishTime} /> : <span className="faint">–</span>) },
];

function Runs({ backfillId }: { backfillId: string }) {
  const queries = useQueryClient();
  const key = ["backfill runs", backfillId];
  const { items, query, more, readMore } = usePaged(key, async (pageToken, signal) => {
    const page = await runs.listRuns({ tags: [`${BACKFILL_TAG}=${backfillId}`], pageSize: 50, pageToken }, { signal });
    return { items: page.runs, nextPageToken: page.nextPageToken };
  });
  useRunStates(useThrottled(() => queries.invalidateQueries({ queryKey: key }), 700));
  return (
    <Panel title="Runs" flush>
      {query.isPending && <Loading rows={3} />}
      {query.error && items.length === 0 && <Failed error={query.error} what="read the runs" onRetry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && <Empty title="No runs yet" />}
      {items.length > 0 && <Table label="Runs" columns={RUNS} rows={items} rowKey={(run) => run.runId} more={more} onMore={readMore} />}
    </Panel>
  );
}

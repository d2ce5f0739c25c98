import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { backfills as client } from "@/api/clients.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { Backfill } from "@/api/gen/headrace/api/types/v1/backfill_pb.ts";
import { useRefreshOn, useRunStates, useThrottled } from "@/api/live.ts";
import { usePaged } from "@/api/pages.ts";
import { BackfillProgress } from "@/backfills/BackfillProgress.tsx";
import { backfillLook, backfillTitle } from "@/backfills/looks.ts";
import { formatNumber } from "@/model/numbers.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Span, Time } from "@/ui/Time.tsx";

const KEY = ["backfills"];

const COLUMNS: Column<Backfill>[] = [
  { id: "state", header: "State", width: "132px", cell: (each) => <StateBadge look={backfillLook(each.state)} /> },
  { id: "what", header: "Makes", cell: (each) => <Link to={links.backfill(each.backfillId)}>{backfillTitle(each)}</Link> },
  { id: "location", header: "Location", width: "15%", from: "wide", cell: (each) => each.locationName },
  { id: "progress", header: "Partitions", width: "240px", cell: (each) => <BackfillProgress backfill={each} /> },
  { id: "runs", header: "Runs", width: "70px", from: "medium", align: "end", cell: (each) => formatNumber(each.runCount) },
  { id: "begun", header: "Begun", width: "110px", from: "medium", cell: (each) => <Time at={each.createTime} /> },
  { id: "took", header: "Took", width: "110px", from: "medium", align: "end", cell: (each) => <Span from={each.createTime} to={each.finishTime} /> },
];

/** All backfills, newest first. */
export function Component() {
  const queries = useQueryClient();
  useRefreshOn([ChangeKind.BACKFILL], [KEY]);
  useRunStates(useThrottled(() => queries.invalidateQueries({ queryKey: KEY }), 1_000));
  const { items, query, more, readMore } = usePaged(KEY, async (pageToken, signal) => {
    const page = await client.listBackfills({ pageSize: 50, pageToken }, { signal });
    return { items: page.backfills, nextPageToken: page.nextPageToken };
  });
  return (
    <Page title="Backfills" subtitle="Many partitions, made by many runs">
      {query.error && items.length === 0 ? (
        <Failed error={query.error} what="read the backfills" onRetry={() => void query.refetch()} />
      ) : (
        <Panel flush>
          {query.isPending && <Loading />}
          {query.isSuccess && items.length === 0 && (
            <Empty title="No backfills" actions={<ButtonLink to={links.assets({ q: "not partitions:none" })}>Assets with partitions</ButtonLink>}>
              Materialize several partitions of an asset, or launch a job for several, and the backfill appears here.
            </Empty>
          )}
          {items.length > 0 && <Table label="Backfills" columns={COLUMNS} rows={items} rowKey={(each) => each.backfillId} more={more} onMore={readMore} />}
        </Panel>
      )}
    </Page>
  );
}

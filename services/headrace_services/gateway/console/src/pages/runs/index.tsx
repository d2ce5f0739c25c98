import { Activity } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { links } from "@/shell/links.ts";
import { Button, ButtonLink } from "@/ui/Button.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { Table } from "@/ui/Table.tsx";
import { BulkBar } from "./BulkBar.tsx";
import { COLUMNS } from "./columns.tsx";
import { filterOf, isFiltered, searchOf, type RunFilter } from "./filter.ts";
import { Filters } from "./Filters.tsx";
import { useRunList } from "./useRunList.ts";

/** All runs: found by what they are, and ended or repeated many at a time. */
export function Component() {
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const filter = useMemo(() => filterOf(search), [search]);
  const change = (changes: Partial<RunFilter>) => {
    setChosen(new Set());
    setSearch(searchOf({ ...filter, ...changes }), { replace: true });
  };
  const { items, query, more, readMore } = useRunList(filter);
  const chosenRuns = useMemo(() => items.filter((run) => chosen.has(run.runId)), [items, chosen]);
  return (
    <Page title="Runs">
      <Filters filter={filter} onChange={change} />
      <Panel flush>
        {query.isPending ? (
          <Loading rows={10} />
        ) : query.isError && items.length === 0 ? (
          <Failed error={query.error} what="read the runs" onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <NoRuns filtered={isFiltered(filter)} onAll={() => setSearch({})} />
        ) : (
          <Table<Run>
            label="Runs"
            columns={COLUMNS}
            rows={items}
            rowKey={(run) => run.runId}
            selection={{ keys: chosen, onChange: setChosen }}
            more={more}
            onMore={readMore}
          />
        )}
      </Panel>
      {chosenRuns.length > 0 && <BulkBar runs={chosenRuns} onDone={() => setChosen(new Set())} />}
    </Page>
  );
}

function NoRuns({ filtered, onAll }: { filtered: boolean; onAll(): void }) {
  if (filtered) {
    return (
      <Empty title="No run matches" actions={<Button onClick={onAll}>Show all runs</Button>}>
        Nothing that is known has all of what is asked for.
      </Empty>
    );
  }
  return (
    <Empty title="No runs yet" icon={<Activity size={22} aria-hidden />} actions={<ButtonLink to={links.jobs()}>Launch a job</ButtonLink>}>
      Runs are made by launching a job, by materializing assets, and by schedules and sensors that are on.
    </Empty>
  );
}

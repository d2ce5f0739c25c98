import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { failuresOf, isOn, useInstigators } from "@/automation/instigators.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { millis } from "@/model/time.ts";
import { isSick, useReplicas } from "@/replicas/useReplicas.ts";
import { Failed, Loading } from "@/ui/Notice.tsx";
import { useNow } from "@/ui/now.ts";
import { Page, Panel } from "@/ui/Page.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import { Attention } from "./Attention.tsx";
import { FailedRuns } from "./FailedRuns.tsx";
import { whatIsLate } from "./late.ts";
import styles from "./Overview.module.css";
import { Tiles } from "./Tiles.tsx";
import { Timeline } from "./Timeline.tsx";
import { useWindowRuns } from "./useWindowRuns.ts";

const HOUR = 3_600_000;
const SPANS = { "15m": HOUR / 4, "1h": HOUR, "6h": 6 * HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR };
type Span = keyof typeof SPANS;
const TURN_MS = 1_000;

function isNew(runs: readonly Run[]): boolean {
  const oldest = millis(runs.at(-1)?.createTime);
  return oldest !== undefined && oldest > Date.now() - SPANS["15m"];
}

/** What has been going on: when the runs of each job were, what failed, and what is late. */
export function Component() {
  const [search, setSearch] = useSearchParams();
  const [first, setFirst] = useState<Span>();
  const asked = search.get("span") ?? "";
  const name: Span = asked in SPANS ? (asked as Span) : (first ?? "1h");
  const span = SPANS[name];
  const query = useWindowRuns(span);
  // Decided once: where everything is new, an hour would be empty but for its end.
  if (query.data && !first) setFirst(isNew(query.data) ? "15m" : "1h");
  const instigators = useInstigators();
  const on = useMemo(() => (instigators.data ?? []).filter(isOn), [instigators.data]);
  const schedules = useMemo(() => on.flatMap((each) => (each.kind === "schedule" ? [each.record] : [])), [on]);
  const replicas = useReplicas();
  const now = useNow(TURN_MS);
  const runs = query.data ?? [];
  return (
    <Page
      title="Overview"
      actions={
        <Segmented<Span>
          label="How far back"
          value={name}
          onChange={(chosen) => setSearch({ span: chosen }, { replace: true })}
          options={[
            { value: "15m", label: "15 min" },
            { value: "1h", label: "1 h" },
            { value: "6h", label: "6 h" },
            { value: "24h", label: "24 h" },
            { value: "7d", label: "7 d" },
          ]}
        />
      }
    >
      <LocationsDown />
      <Tiles runs={runs} since={name} />
      <Panel flush title="Runs by job">
        {query.isPending ? (
          <Loading />
        ) : query.isError && !query.data ? (
          <Failed error={query.error} what="read the runs" onRetry={() => void query.refetch()} />
        ) : (
          <Timeline runs={runs} schedules={schedules} span={span} now={now} />
        )}
      </Panel>
      <div className={styles.columns}>
        <FailedRuns runs={runs} since={name} loading={query.isPending} />
        <Attention
          replicas={replicas.data?.filter(isSick) ?? []}
          failing={on.filter((each) => failuresOf(each) > 0)}
          late={whatIsLate(schedules, runs, now)}
          loading={query.isPending || instigators.isPending}
        />
      </div>
    </Page>
  );
}

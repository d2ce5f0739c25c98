import { useState } from "react";

import { InstigatorTable } from "@/automation/InstigatorTable.tsx";
import { isOn, jobNamesOf, useInstigators, type InstigatorRecord } from "@/automation/instigators.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { SearchField } from "@/ui/Field.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import styles from "./Automation.module.css";

type Kind = "all" | "schedule" | "sensor";

const KINDS: { value: Kind; label: string }[] = [
  { value: "all", label: "All" },
  { value: "schedule", label: "Schedules" },
  { value: "sensor", label: "Sensors" },
];

/** All schedules and sensors, to be switched on and off. */
export function Component() {
  const { data, error, refetch } = useInstigators();
  const [kind, setKind] = useState<Kind>("all");
  const [search, setSearch] = useState("");
  const shown = (data ?? []).filter((each) => (kind === "all" || each.kind === kind) && matches(each, search.trim().toLowerCase()));
  const on = data?.filter(isOn).length ?? 0;
  return (
    <Page title="Automation" subtitle={data && `${on} of ${data.length} switched on`}>
      <LocationsDown />
      <div className={styles.bar}>
        <SearchField className={styles.search} label="Find a schedule or sensor" value={search} onChange={(event) => setSearch(event.target.value)} />
        <Segmented<Kind> label="Kind" value={kind} onChange={setKind} options={KINDS} />
      </div>
      {error && !data && <Failed error={error} what="read the schedules and sensors" onRetry={() => void refetch()} />}
      <Panel flush>
        {!data && !error && <Loading />}
        {data && shown.length === 0 && (
          <Empty title={data.length > 0 ? "Nothing matches" : "No schedules and no sensors"}>{data.length === 0 && "What a location defines of them appears here, switched off until somebody switches it on."}</Empty>
        )}
        {shown.length > 0 && <InstigatorTable instigators={shown} label="Schedules and sensors" />}
      </Panel>
    </Page>
  );
}

function matches(instigator: InstigatorRecord, word: string): boolean {
  const { name, description } = instigator.record.definition!;
  return [name, description, instigator.record.locationName, ...jobNamesOf(instigator)].some((text) => text.toLowerCase().includes(word));
}

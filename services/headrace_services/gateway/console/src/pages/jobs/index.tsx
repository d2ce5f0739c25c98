import { useMemo, useState } from "react";
import { Link } from "react-router";

import { useJobs } from "@/api/jobs.ts";
import type { JobRecord } from "@/api/gen/headrace/api/gateway/v1/job_service_pb.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { linkOf, whenText } from "@/automation/InstigatorTable.tsx";
import { isOn, jobNamesOf, useInstigators, type InstigatorRecord } from "@/automation/instigators.ts";
import { groupBy } from "@/model/grouping.ts";
import { count } from "@/model/numbers.ts";
import { jobTitle } from "@/model/runs.ts";
import { firstLine } from "@/model/text.ts";
import { links } from "@/shell/links.ts";
import { SearchField } from "@/ui/Field.tsx";
import { Empty } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Chip, Tags } from "@/ui/Tags.tsx";
import styles from "./Jobs.module.css";
import { LatestRuns, useLatestRuns } from "./LatestRuns.tsx";

interface Row {
  job: JobRecord;
  instigators: InstigatorRecord[];
  latest: ReturnType<typeof useLatestRuns>;
}

const COLUMNS: Column<Row>[] = [
  { id: "name", header: "Job", cell: ({ job }) => <Name job={job} /> },
  { id: "location", header: "Location", width: "15%", from: "medium", cell: ({ job }) => job.locationName },
  { id: "automation", header: "Schedules and sensors", width: "25%", from: "medium", cell: ({ instigators }) => <Automation instigators={instigators} /> },
  { id: "tags", header: "Tags", width: "18%", from: "wide", cell: ({ job }) => <Tags tags={job.definition!.tags} /> },
  { id: "runs", header: "Latest runs", width: "110px", align: "end", cell: ({ job, latest }) => <LatestRuns runs={latest.get(`${job.locationName}/${job.definition!.name}`) ?? []} /> },
];

/** All jobs. */
export function Component() {
  const jobs = useJobs();
  const instigators = useInstigators();
  const latest = useLatestRuns();
  const [search, setSearch] = useState("");
  const rows = useMemo(() => {
    const byJob = groupBy(
      (instigators.data ?? []).flatMap((each) => jobNamesOf(each).map((name) => ({ key: `${each.record.locationName}/${name}`, each }))),
      ({ key }) => key,
    );
    const word = search.trim().toLowerCase();
    return jobs
      .filter(({ definition, locationName }) => `${definition!.name} ${definition!.description} ${locationName}`.toLowerCase().includes(word))
      .toSorted((one, other) => Number(one.definition!.implicitAssetJob) - Number(other.definition!.implicitAssetJob))
      .map((job) => ({ job, latest, instigators: (byJob.get(`${job.locationName}/${job.definition!.name}`) ?? []).map(({ each }) => each) }));
  }, [jobs, instigators.data, latest, search]);
  return (
    <Page title="Jobs" subtitle={jobs.length > 0 && count(jobs.length, "job")} actions={<SearchField label="Find a job" value={search} onChange={(event) => setSearch(event.target.value)} />}>
      <LocationsDown />
      <Panel flush>
        {rows.length > 0 ? (
          <Table label="Jobs" columns={COLUMNS} rows={rows} rowKey={({ job }) => `${job.locationName}/${job.definition!.name}`} />
        ) : (
          <Empty title={search ? "Nothing matches" : "No location defines jobs"}>{!search && "Functions with @job appear here as soon as a location with them has loaded."}</Empty>
        )}
      </Panel>
    </Page>
  );
}

function Name({ job: { definition, locationName } }: { job: JobRecord }) {
  const { name, description, partitions } = definition!;
  return (
    <span className={styles.name}>
      <span>
        <Link to={links.job(locationName, name)}>{jobTitle(name, locationName)}</Link> {partitions && <Chip>partitioned</Chip>}
      </span>
      {description && <small>{firstLine(description)}</small>}
    </span>
  );
}

function Automation({ instigators }: { instigators: InstigatorRecord[] }) {
  if (instigators.length === 0) return <span className="faint">–</span>;
  return (
    <span className={styles.chips}>
      {instigators.slice(0, 3).map((each) => {
        const name = each.record.definition!.name;
        const when = each.kind === "schedule" ? whenText(each) : name;
        return (
          <Link key={`${each.kind} ${name}`} to={linkOf(each)} className={styles.when} data-on={isOn(each)} title={`${name} is ${isOn(each) ? "on" : "off"}`}>
            {when}
          </Link>
        );
      })}
    </span>
  );
}

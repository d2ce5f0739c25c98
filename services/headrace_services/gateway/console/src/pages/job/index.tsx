import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useParams, useSearchParams } from "react-router";

import { useAction } from "@/ui/act.ts";
import { jobs as client } from "@/api/clients.ts";
import { isNotFound } from "@/api/errors.ts";
import type { GetJobResponse } from "@/api/gen/headrace/api/gateway/v1/job_service_pb.ts";
import { RunService } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import type { JobDefinition } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { useLocationChanges } from "@/api/live.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { launch } from "@/launch/draft.ts";
import { jobTitle } from "@/model/runs.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Button, ButtonLink } from "@/ui/Button.tsx";
import { Markdown } from "@/ui/Markdown.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page } from "@/ui/Page.tsx";
import { PageTabs } from "@/ui/PageTabs.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { toast } from "@/ui/toast.ts";
import { GraphTab } from "./GraphTab.tsx";
import { InstigatorsTab } from "./InstigatorsTab.tsx";
import { Launchpad } from "./Launchpad.tsx";
import { RunsTab } from "./RunsTab.tsx";

/** One job: its graph, a place to launch it from, its runs, and what runs it by itself. */
export function Component() {
  const { location = "", job = "" } = useParams();
  const queries = useQueryClient();
  const queryKey = ["job", location, job];
  const query = useQuery({ queryKey, queryFn: ({ signal }) => client.getJob({ locationName: location, jobName: job }, { signal }) });
  useLocationChanges((message) => message.locations.some((each) => each.name === location) && void queries.invalidateQueries({ queryKey }));
  const title = jobTitle(job, location);
  if (query.data) return <JobPage key={`${location}/${job}`} title={title} answer={query.data} />;
  return (
    <Page title={title} crumbs={CRUMBS}>
      {!query.error ? (
        <Loading />
      ) : isNotFound(query.error) ? (
        <Empty title="There is no such job" actions={<ButtonLink to={links.jobs()}>All jobs</ButtonLink>}>
          The location <code>{location}</code> does not define <code>{job}</code>.
        </Empty>
      ) : (
        <Failed error={query.error} what="read the job" onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}

const CRUMBS = [{ label: "Jobs", to: links.jobs() }];
const LABELS = { graph: "Graph", launchpad: "Launchpad", runs: "Runs", automation: "Schedules and sensors" };
type TabId = keyof typeof LABELS;

function JobPage({ title, answer }: { title: string; answer: GetJobResponse }) {
  const { locationName } = answer.job!;
  const job = answer.job!.definition!;
  const [params] = useSearchParams();
  const ids = Object.keys(LABELS) as TabId[];
  const tab = ids.find((id) => id === params.get("tab")) ?? "graph";
  const at = (id: TabId) => links.job(locationName, job.name, id === "graph" ? {} : { tab: id });
  return (
    <Page title={title} crumbs={[...CRUMBS, { label: locationName, to: links.deployment({ location: locationName }) }]} subtitle={<Tags tags={job.tags} />} actions={tab !== "launchpad" && <RunNow locationName={locationName} job={job} launchpad={at("launchpad")} />}>
      <LocationsDown name={locationName} />
      {job.description && <Markdown text={job.description} />}
      <PageTabs label="About this job" current={tab} tabs={ids.map((id) => ({ id, label: LABELS[id], to: at(id) }))} />
      {tab === "graph" && <GraphTab locationName={locationName} job={job} resources={answer.resources} />}
      {tab === "launchpad" && <Launchpad locationName={locationName} job={job} />}
      {tab === "runs" && <RunsTab locationName={locationName} jobName={job.name} />}
      {tab === "automation" && <InstigatorsTab locationName={locationName} jobName={job.name} />}
    </Page>
  );
}

/** Runs a job as it stands; one that has to be told more is launched from its launchpad. */
function RunNow({ locationName, job, launchpad }: { locationName: string; job: JobDefinition; launchpad: string }) {
  const run = useAction("run the job", async () => {
    const launched = await launch({ locationName, jobName: job.name, assetSelection: [], opSelection: [], tags: [] });
    toast(launched.what, { link: { label: "Show", to: launched.to } });
  });
  const refusal = useRefusal(RunService.method.createRun, locationName);
  if (job.configRequired || job.partitions) {
    return (
      <ButtonLink kind="primary" to={launchpad} icon={<Play size={14} aria-hidden />}>
        Run…
      </ButtonLink>
    );
  }
  return (
    <Button kind="primary" busy={run.busy} refusal={refusal} icon={<Play size={14} aria-hidden />} onClick={() => run.run()}>
      Run
    </Button>
  );
}

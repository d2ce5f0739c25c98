import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useParams, useSearchParams } from "react-router";

import { runs } from "@/api/clients.ts";
import { isNotFound } from "@/api/errors.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { useRunFeed, type RunFeed } from "@/api/runFeed.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { Tabs } from "@/ui/Tabs.tsx";
import { Events } from "./events/Events.tsx";
import { RunFailure } from "./RunFailure.tsx";
import { RunPage } from "./RunPage.tsx";
import { Output } from "./output/Output.tsx";
import { Steps } from "./Steps.tsx";
import { WhyWaiting } from "./WhyWaiting.tsx";

const TABS = ["events", "output", "details"] as const;
const Details = lazy(() => import("./Details.tsx"));

/** One run: how far it is, what happened, what it wrote, and what can be done. */
export function Component() {
  const runId = useParams()["runId"] ?? "";
  const feed = useRunFeed(runId);
  const query = useQuery({
    // What is not told by events, such as its worker, changes along with its state.
    queryKey: ["run", runId, feed.progress.state],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await runs.getRun({ runId }, { signal })).run!,
  });
  if (query.isError && !query.data) return <NoRun runId={runId} error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) {
    return (
      <Page title="Run" crumbs={[{ label: "Runs", to: links.runs() }]}>
        <Loading />
      </Page>
    );
  }
  // A page for each run: what was chosen in one does not stay chosen in the next.
  return <Loaded key={runId} run={query.data} feed={feed} />;
}

function Loaded({ run, feed }: { run: Run; feed: RunFeed }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((id) => id === search.get("tab")) ?? "events";
  const step = search.get("step") ?? "";
  const look = (changes: Record<string, string>) => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [key, value] of Object.entries(changes)) {
          if (value) next.set(key, value);
          else next.delete(key);
        }
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  const at = (id: string) => links.run(run.runId, { ...(step && { step }), ...(search.has("view") && { view: search.get("view")! }), tab: id });
  const tabs = [
    { id: "events", label: "Events", to: at("events") },
    { id: "output", label: "Output", to: at("output") },
    { id: "details", label: "Configuration and tags", to: at("details") },
  ];
  return (
    <RunPage run={run} feed={feed} chosen={chosen}>
      <WhyWaiting run={run} feed={feed} />
      <RunFailure run={run} feed={feed} onStep={(key) => look({ step: key, tab: "output" })} />
      <Steps
        feed={feed}
        view={search.get("view") === "graph" ? "graph" : "timeline"}
        onView={(view) => look({ view: view === "graph" ? view : "" })}
        step={step}
        onStep={(key) => look({ step: key === step ? "" : key })}
        chosen={chosen}
        onChoose={setChosen}
      />
      <Panel flush title={<Tabs tabs={tabs} current={tab} label="What to look at" />}>
        {tab === "events" && <Events run={run} feed={feed} step={step} onStep={(key) => look({ step: key })} />}
        {tab === "output" && <Output run={run} feed={feed} step={step} onStep={(key) => look({ step: key })} />}
        {tab === "details" && (
          <Suspense fallback={<Loading />}>
            <Details run={run} />
          </Suspense>
        )}
      </Panel>
    </RunPage>
  );
}

function NoRun({ runId, error, onRetry }: { runId: string; error: unknown; onRetry(): void }) {
  return (
    <Page title="Run" crumbs={[{ label: "Runs", to: links.runs() }]}>
      {isNotFound(error) ? (
        <Empty title="There is no such run" actions={<ButtonLink to={links.runs()}>All runs</ButtonLink>}>
          Nothing is known of <code>{runId}</code>. It may have been deleted, or be part of another deployment.
        </Empty>
      ) : (
        <Failed error={error} what="read the run" onRetry={onRetry} />
      )}
    </Page>
  );
}

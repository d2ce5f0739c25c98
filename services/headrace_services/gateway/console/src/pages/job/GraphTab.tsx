import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { runs } from "@/api/clients.ts";
import type { JobDefinition, ResourceDefinition } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { useRunStates } from "@/api/live.ts";
import { useRunFeed } from "@/api/runFeed.ts";
import { AssetGraph } from "@/assets/AssetGraph.tsx";
import { useAssets } from "@/assets/useAssets.ts";
import { JobGraph } from "@/graph/job/JobGraph.tsx";
import { nodeAt, type NodeState } from "@/graph/job/jobGraph.ts";
import { nodeStates } from "@/graph/job/stepStates.ts";
import { keyText } from "@/model/assetKeys.ts";
import { shortId } from "@/model/runs.ts";
import { formatSpan } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Loading } from "@/ui/Notice.tsx";
import { RunStateBadge } from "@/ui/State.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import styles from "./Job.module.css";
import { NodePanel } from "./NodePanel.tsx";

interface GraphTabProps {
  locationName: string;
  job: JobDefinition;
  resources: readonly ResourceDefinition[];
}

type View = "assets" | "ops";

/** The graph of a job: its ops with the states of its latest run, or the assets it makes. */
export function GraphTab(props: GraphTabProps) {
  const { job } = props;
  const ofAssets = job.assetKeys.length > 0 || job.implicitAssetJob;
  const [view, setView] = useState<View>(ofAssets ? "assets" : "ops");
  const choice = ofAssets && job.nodes.length > 0 && <Segmented<View> label="What to show" value={view} onChange={setView} options={[{ value: "assets", label: "Assets" }, { value: "ops", label: "Ops" }]} />;
  return view === "assets" ? <AssetsOfJob {...props} toolbar={choice} /> : <OpsOfJob {...props} toolbar={choice} />;
}

function AssetsOfJob({ locationName, job, toolbar }: GraphTabProps & { toolbar: ReactNode }) {
  const { assets, loading } = useAssets();
  const navigate = useNavigate();
  const own = useMemo(() => {
    const keys = new Set(job.assetKeys.map(keyText));
    return [...assets.values()].filter((asset) => asset.location === locationName && (job.implicitAssetJob || keys.has(asset.id)));
  }, [assets, job, locationName]);
  if (loading) return <Loading />;
  return <AssetGraph assets={own} label={`Assets of ${job.name}`} grouped={job.implicitAssetJob} onSelect={(id) => id && assets.has(id) && void navigate(links.asset(assets.get(id)!.key))} toolbar={toolbar} />;
}

/** The ops, with the states of the latest run. One graph with a run and without: it stays where it is when the first begins. */
function OpsOfJob({ toolbar, ...rest }: GraphTabProps & { toolbar: ReactNode }) {
  const run = useLatestRun(rest.locationName, rest.job.name);
  const { progress, version } = useRunFeed(run?.runId);
  const states = useMemo(
    () => nodeStates([...progress.steps.values()].map(({ key, state, start, end }) => ({ key, state, note: start !== undefined && end !== undefined ? formatSpan(end - start) : undefined }))),
    // What it is made of changes in place; its version tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [progress, version],
  );
  return (
    <Ops
      {...rest}
      states={states}
      toolbar={
        <>
          {toolbar}
          {run && (
            <ButtonLink small to={links.run(run.runId)}>
              Latest run {shortId(run.runId)} <RunStateBadge state={progress.state || run.state} />
            </ButtonLink>
          )}
        </>
      }
    />
  );
}

function Ops({ job, resources, toolbar, states }: GraphTabProps & { toolbar: ReactNode; states: ReadonlyMap<string, NodeState> }) {
  const [params, setParams] = useSearchParams();
  const selected = params.get("op") ?? undefined;
  const node = selected === undefined ? undefined : nodeAt(job.nodes, selected);
  const select = (path: string | undefined) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (path) next.set("op", path);
        else next.delete("op");
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <div className={styles.split} data-open={node !== undefined}>
      <JobGraph nodes={job.nodes} label={`Ops of ${job.name}`} states={states} selected={node && selected} onSelect={select} toolbar={toolbar} />
      {node && <NodePanel node={node} path={selected!} schema={job.configSchema} resources={resources} onClose={() => select(undefined)} />}
    </div>
  );
}

function useLatestRun(locationName: string, jobName: string) {
  const queries = useQueryClient();
  const queryKey = ["latest run", locationName, jobName];
  const { data } = useQuery({ queryKey, queryFn: async ({ signal }) => (await runs.listRuns({ locationName, jobName, pageSize: 1 }, { signal })).runs });
  useRunStates((events) => {
    const own = events.length === 0 || events.some(({ detail }) => detail.case === "runStateChanged" && detail.value.jobName === jobName && detail.value.previousState === 0);
    if (own) void queries.invalidateQueries({ queryKey });
  });
  return data?.[0];
}

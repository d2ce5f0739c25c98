import type { ReactNode } from "react";
import { Link } from "react-router";

import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import { keyText } from "@/model/assetKeys.ts";
import { shortId, runTitle } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { CopyButton } from "@/ui/CopyButton.tsx";
import { Page } from "@/ui/Page.tsx";
import { RunOriginLink } from "@/ui/RunOrigin.tsx";
import { RunStateBadge } from "@/ui/State.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { Span, Time } from "@/ui/Time.tsx";
import { RunActions } from "./RunActions.tsx";
import styles from "./RunPage.module.css";

/** The head of a run's page. */
export function RunPage({ run, feed, chosen, children }: { run: Run; feed: RunFeed; chosen: ReadonlySet<string>; children: ReactNode }) {
  const state = feed.progress.state === RunState.UNSPECIFIED ? run.state : feed.progress.state;
  return (
    <Page
      title={`${runTitle(run)} ${shortId(run.runId)}`}
      crumbs={[{ label: "Runs", to: links.runs() }]}
      heading={
        <span className={styles.heading}>
          <Link to={links.job(run.locationName, run.jobName)}>{runTitle(run)}</Link>
          <span className={styles.id}>
            <code title={run.runId}>{shortId(run.runId)}</code>
            <CopyButton text={run.runId} label="Copy the run's id" />
          </span>
        </span>
      }
      badge={<RunStateBadge state={state} />}
      actions={<RunActions run={run} state={state} feed={feed} chosen={chosen} />}
      subtitle={<Facts run={run} />}
    >
      {children}
    </Page>
  );
}

function Facts({ run }: { run: Run }) {
  return (
    <div className={styles.facts}>
      <span>
        created <Time at={run.createTime} />
      </span>
      {run.startTime && (
        <span>
          {run.finishTime ? "took" : "running for"} <Span from={run.startTime} to={run.finishTime} />
        </span>
      )}
      <span>
        in <Link to={links.deployment({ location: run.locationName })}>{run.locationName}</Link>
      </span>
      <RunOriginLink run={run} prefix="by " />
      {run.partitionKey && (
        <span>
          partition <code>{run.partitionKey}</code>
        </span>
      )}
      {run.assetSelection.length > 0 && (
        <span>
          {run.assetSelection.slice(0, 3).map((key, index) => (
            <span key={keyText(key)}>
              {index > 0 && ", "}
              <Link to={links.asset(key)}>{keyText(key)}</Link>
            </span>
          ))}
          {run.assetSelection.length > 3 && ` and ${run.assetSelection.length - 3} more`}
        </span>
      )}
      {run.parentRunId && (
        <span>
          retry of <Link to={links.run(run.parentRunId)}>{shortId(run.parentRunId)}</Link>
        </span>
      )}
      {run.attempt > 1 && <span>started {run.attempt} times</span>}
      <Tags tags={run.tags} />
    </div>
  );
}

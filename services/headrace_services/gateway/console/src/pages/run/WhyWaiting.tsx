import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { runs } from "@/api/clients.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { RunWait } from "@/api/gen/headrace/api/types/v1/run_wait_pb.ts";
import { useRefreshOn } from "@/api/live.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import { count } from "@/model/numbers.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Notice } from "@/ui/Notice.tsx";
import { Time } from "@/ui/Time.tsx";

const KINDS = [ChangeKind.QUEUE, ChangeKind.POOL];

/** Tells what a run waits for, for as long as it does. */
export function WhyWaiting({ run, feed }: { run: Run; feed: RunFeed }) {
  return feed.progress.over || run.finishTime ? null : <Waits run={run} feed={feed} />;
}

function Waits({ run, feed }: { run: Run; feed: RunFeed }) {
  const key = ["run", run.runId, "waits"];
  const { state, steps } = feed.progress;
  const query = useQuery({
    // Asked again with every change of its state, and when a step begins or ends.
    queryKey: [...key, state, steps.size],
    queryFn: async ({ signal }) => (await runs.explainRuns({ runIds: [run.runId] }, { signal })).explanations[0],
    placeholderData: keepPreviousData,
  });
  useRefreshOn(KINDS, [key], 1_000);
  const { waits = [], runsAhead } = query.data ?? {};
  if (waits.length === 0) return null;
  const whole = waits.some((wait) => wait.stepKeys.length === 0);
  return (
    <Notice
      tone="info"
      title={whole ? "Why this run waits" : "Why steps wait"}
      actions={
        <ButtonLink small to={links.deployment({ tab: "queue" })}>
          The queue
        </ButtonLink>
      }
    >
      <ul>
        {waits.map((wait) => (
          <li key={`${wait.kind} ${wait.name} ${wait.value}`}>
            {wait.message} <Rest wait={wait} />
          </li>
        ))}
        {runsAhead !== undefined && runsAhead > 0n && <li>{count(Number(runsAhead), "run")} before it in the queue.</li>}
      </ul>
    </Notice>
  );
}

function Rest({ wait }: { wait: RunWait }) {
  return (
    <>
      {wait.stepKeys.length > 0 && (
        <span className="faint">
          {wait.stepKeys.slice(0, 4).join(", ")}
          {wait.stepKeys.length > 4 && ` and ${wait.stepKeys.length - 4} more`}
        </span>
      )}
      {wait.untilTime && (
        <span className="faint">
          {" "}
          until <Time at={wait.untilTime} form="moment" />
        </span>
      )}
    </>
  );
}

import { CircleCheck } from "lucide-react";
import { Link } from "react-router";

import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { runTitle, shortId } from "@/model/runs.ts";
import { runStateLook } from "@/model/states.ts";
import { links } from "@/shell/links.ts";
import { Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateIcon } from "@/ui/State.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Overview.module.css";

const SHOWN = 8;

/** The runs that failed, newest first, with what they say. */
export function FailedRuns({ runs, since, loading }: { runs: readonly Run[]; since: string; loading: boolean }) {
  const failed = runs.filter((run) => run.state === RunState.FAILED);
  const all = links.runs({ state: "failed", since });
  return (
    <Panel flush title="Failed" actions={failed.length > SHOWN && <Link to={all}>All {failed.length}</Link>}>
      {loading ? (
        <Loading rows={3} />
      ) : failed.length === 0 ? (
        <p className={styles.fine}>
          <CircleCheck size={17} aria-hidden /> No run failed in this time.
        </p>
      ) : (
        <ul className={styles.list}>
          {failed.slice(0, SHOWN).map((run) => (
            <li key={run.runId}>
              <StateIcon look={runStateLook(run.state)} label />
              <div className={styles.what}>
                <Link to={links.run(run.runId)}>{runTitle(run)}</Link> <code>{shortId(run.runId)}</code>
                {run.failure && <p title={run.failure.message}>{[run.failure.type, run.failure.message].filter(Boolean).join(": ")}</p>}
              </div>
              <span className={styles.when}>
                <Time at={run.finishTime} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

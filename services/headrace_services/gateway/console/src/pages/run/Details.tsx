import type { ReactNode } from "react";

import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { payloadYaml } from "@/model/payloadYaml.ts";
import { Code } from "@/ui/Code.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Details.module.css";

/** What a run was made with, and what is known of it besides. */
export default function Details({ run }: { run: Run }) {
  const config = payloadYaml(run.runConfig);
  return (
    <div className={styles.details}>
      <section>
        <h3>Configuration</h3>
        {config ? <Code text={config} label="Run configuration" /> : <p className="faint">None: every field has its default.</p>}
      </section>
      <section>
        <h3>Tags</h3>
        {run.tags.length > 0 ? <Tags tags={run.tags} all /> : <p className="faint">None.</p>}
        <h3>Facts</h3>
        <dl>
          <Fact name="Run">
            <code>{run.runId}</code>
          </Fact>
          {run.rootRunId && run.rootRunId !== run.runId && (
            <Fact name="First of its retries">
              <code>{run.rootRunId}</code>
            </Fact>
          )}
          <Fact name="Created">
            <Time at={run.createTime} form="moment" />
          </Fact>
          <Fact name="Admitted">
            <Time at={run.admitTime} form="moment" />
          </Fact>
          <Fact name="Started">
            <Time at={run.startTime} form="moment" />
          </Fact>
          <Fact name="Ended">
            <Time at={run.finishTime} form="moment" />
          </Fact>
          <Fact name="Priority">{run.priority}</Fact>
          {run.worker && <Fact name="Worker">{run.worker}</Fact>}
          {run.opSelection.length > 0 && <Fact name="Ops">{run.opSelection.join(", ")}</Fact>}
          {run.stepKeys.length > 0 && <Fact name="Steps">{run.stepKeys.join(", ")}</Fact>}
          {run.pools.length > 0 && <Fact name="Pools">{run.pools.join(", ")}</Fact>}
          {run.launcherName && <Fact name="Launcher">{run.launcherName}</Fact>}
          <Fact name="Definitions">
            <code>{run.definitionsDigest.slice(0, 12) || "–"}</code>
          </Fact>
        </dl>
      </section>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

import { ScrollText } from "lucide-react";
import { useState } from "react";

import { problem } from "@/api/errors.ts";
import { LogStream } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import { useStepLog, type LogName } from "@/api/stepLog.ts";
import type { StepProgress } from "@/model/runProgress.ts";
import { Select } from "@/ui/Field.tsx";
import { Empty, Failed } from "@/ui/Notice.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import { LogView } from "./LogView.tsx";
import styles from "./Output.module.css";

type StreamName = "stdout" | "stderr";

interface Props {
  run: Run;
  feed: RunFeed;
  step: string;
  onStep(key: string): void;
}

/** What a step wrote to stdout and stderr, also while it writes. */
export function Output({ run, feed, step, onStep }: Props) {
  const [stream, setStream] = useState<StreamName>("stdout");
  const [attempt, setAttempt] = useState<number>();
  const begun = [...feed.progress.steps.values()].filter((each) => each.attempts.length > 0);
  const shown = begun.find((each) => each.key === step) ?? mostInteresting(begun);
  if (!shown) return <Empty title="Nothing was written yet">The output of a step is shown from the moment that it begins.</Empty>;
  const last = shown.attempts.at(-1)!.number;
  const number = shown.attempts.some((each) => each.number === attempt) ? attempt! : last;
  return (
    <div>
      <div className={styles.bar}>
        <Select label="Step" value={shown.key} onChange={(event) => onStep(event.target.value)}>
          {begun.slice(0, 2_000).map((each) => (
            <option key={each.key} value={each.key}>
              {each.key}
            </option>
          ))}
        </Select>
        {shown.attempts.length > 1 && (
          <Select label="Attempt" value={number} onChange={(event) => setAttempt(Number(event.target.value))}>
            {shown.attempts.map((each) => (
              <option key={each.number} value={each.number}>
                Attempt {each.number}
              </option>
            ))}
          </Select>
        )}
        <Segmented<StreamName>
          label="Which output"
          value={stream}
          onChange={setStream}
          options={[
            { value: "stdout", label: "stdout" },
            { value: "stderr", label: "stderr" },
          ]}
        />
      </div>
      <Log runId={run.runId} stepKey={shown.key} attempt={number} stream={stream === "stdout" ? LogStream.STDOUT : LogStream.STDERR} />
    </div>
  );
}

function Log(name: LogName) {
  const log = useStepLog(name);
  const icon = <ScrollText size={22} aria-hidden />;
  if (log.error !== undefined) {
    const { reason } = problem(log.error);
    if (reason === "LOGS_NOT_CAPTURED") {
      return (
        <Empty title="What steps write is not captured here" icon={icon}>
          The instance file says so under <code>compute_logs</code>. Log lines of user code are among the events.
        </Empty>
      );
    }
    if (reason === "LOG_NOT_FOUND") return <Empty title="This step wrote nothing that is kept" icon={icon} />;
    return <Failed error={log.error} what="read the output" />;
  }
  if (log.lines.shown() === 0) {
    const which = name.stream === LogStream.STDOUT ? "stdout" : "stderr";
    return <Empty title={log.complete ? `Nothing was written to ${which}` : `Nothing on ${which} yet`} icon={icon} />;
  }
  return <LogView lines={log.lines} version={log.version} live={!log.complete} />;
}

/** Returns the step that one looks at first: that which failed, else that which began last. */
function mostInteresting(steps: StepProgress[]): StepProgress | undefined {
  return steps.find((each) => each.state === "failed") ?? steps.toSorted((one, other) => (other.start ?? 0) - (one.start ?? 0))[0];
}
